/** Kernels of tfjs-core without a lowering, and why. */

const shapeFromValues = "the shape of its result depends on values, and programs have fixed shapes";
const complexNumbers = "the engine has no complex numbers";
const text = "the engine has no strings";
const neverAsked = "tfjs-core composes this operator of others and never asks for the kernel";

/** By name; a test holds that each kernel is either here or among the lowered ones. */
export const missingKernels: Readonly<Record<string, string>> = {
  BitwiseAnd: "ONNX has it from operator set 18 on, and programs are written in set 17",
  Complex: complexNumbers,
  ComplexAbs: complexNumbers,
  Draw: "it needs a canvas",
  FFT: complexNumbers,
  FromPixels: "it needs a canvas",
  IFFT: complexNumbers,
  Imag: complexNumbers,
  LowerBound: neverAsked,
  MatrixBandPart: neverAsked,
  Multinomial: "random numbers must come in as arguments, or they would be the same at every call",
  NonMaxSuppressionV3: shapeFromValues,
  NonMaxSuppressionV4: shapeFromValues,
  NonMaxSuppressionV5: shapeFromValues,
  Pool: neverAsked,
  RaggedGather: shapeFromValues,
  RaggedRange: shapeFromValues,
  RaggedTensorToTensor: shapeFromValues,
  Real: complexNumbers,
  SparseFillEmptyRows: shapeFromValues,
  SparseReshape: shapeFromValues,
  SparseSegmentMean: shapeFromValues,
  SparseSegmentSum: shapeFromValues,
  StaticRegexReplace: text,
  StringNGrams: text,
  StringSplit: text,
  StringToHashBucketFast: text,
  Transform: "no gradient and no layer asks for it; cropAndResize and rotateWithOffset are there",
  Unique: shapeFromValues,
  UpperBound: neverAsked,
};
