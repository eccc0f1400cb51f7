/** Options of `export --onnx` and `--safetensors`. */

import { InvalidArgumentError, Option } from "commander";
import { type OptionGroup, positiveNumber } from "./options.ts";

export const modelOptions: OptionGroup = (command) =>
  command
    .option("--onnx", "write a function of a trained network as an ONNX file", false)
    .option("--safetensors", "write the weights of a trained network", false)
    .option("--part <name>", "which function, where a network has several")
    .option(
      "--batch <count>",
      "fix the first extent of inputs, which is free otherwise",
      positiveNumber,
    )
    .option("--size <height>x<width>", "of frames, where a network takes many sizes", imageSize)
    .option("--frames <count>", "of clips, where a network takes many lengths", positiveNumber)
    .addOption(
      new Option(
        "--weights <which>",
        "the average of parameters, where there is one, or the last ones",
      )
        .choices(["ema", "raw"])
        .default("ema"),
    );

/** "64x96". @throws {InvalidArgumentError} */
function imageSize(text: string): { readonly height: number; readonly width: number } {
  const [, height, width] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(text) ?? [];
  if (height !== undefined && width !== undefined) {
    return { height: Number(height), width: Number(width) };
  }
  throw new InvalidArgumentError('It must be a size such as "64x64", height first.');
}
