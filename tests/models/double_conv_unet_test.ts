import { testAgainstTorch } from "./compare_with_torch.ts";

testAgainstTorch("double_conv_unet");
