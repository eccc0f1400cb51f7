import { testAgainstTorch } from "./compare_with_torch.ts";

testAgainstTorch("simple_unet");
