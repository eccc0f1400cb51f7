/** Every kernel of the backend. */

import { addN } from "./add_n.ts";
import { argMax, argMin } from "./arg.ts";
import { batchMatMul } from "./batch_mat_mul.ts";
import { binaryKernels } from "./binary.ts";
import { bincount, denseBincount } from "./bincount.ts";
import { broadcastArgs } from "./broadcast_args.ts";
import { broadcastTo } from "./broadcast_to.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { fill, linSpace, onesLike, range, zerosLike } from "./constants.ts";
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput } from "./conv2d.ts";
import { conv3D, conv3DBackpropFilter, conv3DBackpropInput } from "./conv3d.ts";
import { cropAndResize } from "./crop_and_resize.ts";
import { cumprod, cumsum } from "./cumulate.ts";
import { depthToSpace } from "./depth_to_space.ts";
import {
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
} from "./depthwise_conv2d.ts";
import { diag } from "./diag.ts";
import { dilation2D, dilation2DBackpropFilter, dilation2DBackpropInput } from "./dilation2d.ts";
import { einsum } from "./einsum.ts";
import { eluGrad } from "./elu_grad.ts";
import { flipLeftRight } from "./flip_left_right.ts";
import { fusedConv2D, fusedDepthwiseConv2D, fusedMatMul } from "./fused.ts";
import { fusedBatchNorm } from "./fused_batch_norm.ts";
import { gatherNd } from "./gather_nd.ts";
import { gatherV2 } from "./gather_v2.ts";
import { logSoftmax } from "./log_softmax.ts";
import { lrn, lrnGrad } from "./lrn.ts";
import { maxPoolWithArgmax } from "./max_pool_with_argmax.ts";
import { mirrorPad } from "./mirror_pad.ts";
import { oneHot } from "./one_hot.ts";
import { pack } from "./pack.ts";
import { padV2 } from "./pad_v2.ts";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./pooling.ts";
import { avgPool3D, avgPool3DGrad, maxPool3D, maxPool3DGrad } from "./pooling3d.ts";
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
import { rotateWithOffset } from "./rotate_with_offset.ts";
import { scatterNd, sparseToDense, tensorScatterUpdate } from "./scatter_nd.ts";
import { searchSorted } from "./search_sorted.ts";
import { select } from "./select.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { batchToSpaceND, spaceToBatchND } from "./space_to_batch.ts";
import { splitV } from "./split_v.ts";
import { stridedSlice } from "./strided_slice.ts";
import { tile } from "./tile.ts";
import { topK } from "./top_k.ts";
import { transpose } from "./transpose.ts";
import { unaryKernels } from "./unary.ts";
import { unpack } from "./unpack.ts";
import { unsortedSegmentSum } from "./unsorted_segment_sum.ts";
import type { Kernel } from "../define_kernel.ts";
import { checkingDtypes } from "../kernel_dtypes.ts";

const table: readonly Kernel[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  addN,
  argMax,
  argMin,
  avgPool,
  avgPool3D,
  avgPool3DGrad,
  avgPoolGrad,
  batchMatMul,
  batchToSpaceND,
  bincount,
  broadcastArgs,
  broadcastTo,
  cast,
  concat,
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  conv3D,
  conv3DBackpropFilter,
  conv3DBackpropInput,
  cropAndResize,
  cumprod,
  cumsum,
  denseBincount,
  depthToSpace,
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  diag,
  dilation2D,
  dilation2DBackpropFilter,
  dilation2DBackpropInput,
  einsum,
  eluGrad,
  expandDims,
  fill,
  flipLeftRight,
  fusedBatchNorm,
  fusedConv2D,
  fusedDepthwiseConv2D,
  fusedMatMul,
  gatherNd,
  gatherV2,
  identity,
  linSpace,
  logSoftmax,
  lrn,
  lrnGrad,
  maxPool,
  maxPool3D,
  maxPool3DGrad,
  maxPoolGrad,
  maxPoolWithArgmax,
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
  rotateWithOffset,
  scatterNd,
  searchSorted,
  select,
  slice,
  softmax,
  spaceToBatchND,
  sparseToDense,
  splitV,
  stridedSlice,
  tensorScatterUpdate,
  tile,
  topK,
  transpose,
  unpack,
  unsortedSegmentSum,
  zerosLike,
];

export const kernels: readonly Kernel[] = table.map(checkingDtypes);
