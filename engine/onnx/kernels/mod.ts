/** Every kernel of the backend. */

import type { Kernel } from "../define_kernel.ts";
import { addN } from "./add_n.ts";
import { argMax, argMin } from "./arg.ts";
import { batchMatMul } from "./batch_mat_mul.ts";
import { binaryKernels } from "./binary.ts";
import { broadcastTo } from "./broadcast_to.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { fill, linSpace, onesLike, range, zerosLike } from "./constants.ts";
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput } from "./conv2d.ts";
import { conv3D, conv3DBackpropFilter, conv3DBackpropInput } from "./conv3d.ts";
import { cumprod, cumsum } from "./cumulate.ts";
import { depthToSpace } from "./depth_to_space.ts";
import {
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
} from "./depthwise_conv2d.ts";
import { einsum } from "./einsum.ts";
import { eluGrad } from "./elu_grad.ts";
import { fusedConv2D, fusedDepthwiseConv2D, fusedMatMul } from "./fused.ts";
import { fusedBatchNorm } from "./fused_batch_norm.ts";
import { gatherNd } from "./gather_nd.ts";
import { gatherV2 } from "./gather_v2.ts";
import { logSoftmax } from "./log_softmax.ts";
import { mirrorPad } from "./mirror_pad.ts";
import { oneHot } from "./one_hot.ts";
import { pack } from "./pack.ts";
import { padV2 } from "./pad_v2.ts";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./pooling.ts";
import { prelu } from "./prelu.ts";
import { reductionKernels } from "./reductions.ts";
import { expandDims, identity, reshape } from "./relabel.ts";
import {
  resizeBilinear,
  resizeBilinearGrad,
  resizeNearestNeighbor,
  resizeNearestNeighborGrad,
} from "./resize.ts";
import { reverse } from "./reverse.ts";
import { scatterNd } from "./scatter_nd.ts";
import { select } from "./select.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { splitV } from "./split_v.ts";
import { stridedSlice } from "./strided_slice.ts";
import { tile } from "./tile.ts";
import { topK } from "./top_k.ts";
import { transpose } from "./transpose.ts";
import { unaryKernels } from "./unary.ts";
import { unpack } from "./unpack.ts";
import { unsortedSegmentSum } from "./unsorted_segment_sum.ts";

export const kernels: readonly Kernel[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  addN,
  argMax,
  argMin,
  avgPool,
  avgPoolGrad,
  batchMatMul,
  broadcastTo,
  cast,
  concat,
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  conv3D,
  conv3DBackpropFilter,
  conv3DBackpropInput,
  cumprod,
  cumsum,
  depthToSpace,
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  einsum,
  eluGrad,
  expandDims,
  fill,
  fusedBatchNorm,
  fusedConv2D,
  fusedDepthwiseConv2D,
  fusedMatMul,
  gatherNd,
  gatherV2,
  identity,
  linSpace,
  logSoftmax,
  maxPool,
  maxPoolGrad,
  mirrorPad,
  oneHot,
  onesLike,
  pack,
  padV2,
  prelu,
  range,
  reshape,
  resizeBilinear,
  resizeBilinearGrad,
  resizeNearestNeighbor,
  resizeNearestNeighborGrad,
  reverse,
  scatterNd,
  select,
  slice,
  softmax,
  splitV,
  stridedSlice,
  tile,
  topK,
  transpose,
  unpack,
  unsortedSegmentSum,
  zerosLike,
];
