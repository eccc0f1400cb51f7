/** Layers, each declared once: `xParameters(sizes)` declares, `x(parameters, input)` computes. */

export { customGradient } from "./custom_gradient.ts";
export { silu } from "./silu.ts";
export { linear, linearParameters } from "./linear.ts";
export { conv2d, conv2dParameters } from "./conv2d.ts";
export { groupNorm, groupNormParameters } from "./group_norm.ts";
export { resBlock, resBlockParameters } from "./res_block.ts";
export { selfAttention, selfAttentionParameters } from "./self_attention.ts";
export { sinusoidalEmbedding } from "./sinusoidal_embedding.ts";
export { timeEmbedding, timeEmbeddingParameters } from "./time_embedding.ts";
export { convGru, convGruParameters } from "./conv_gru.ts";
export { upsample, upsampleBilinear } from "./upsample.ts";
export { spaceToDepth } from "./space_to_depth.ts";
export { depthToSpace } from "./depth_to_space.ts";
export { convTranspose2d, convTranspose2dParameters } from "./conv_transpose2d.ts";
export {
  leakyBlock,
  leakyBlockParameters,
  leakyResBlock,
  leakyResBlockParameters,
} from "./leaky_res_block.ts";
export { linearAttention, linearAttentionParameters } from "./linear_attention.ts";
export { imageWindows } from "./image_windows.ts";
export { matchPatches } from "./match_patches.ts";
export { motionEvidence } from "./motion_evidence.ts";
export { transport } from "./transport.ts";
export { channelWindows, joinChannels, transportChannels } from "./transport_channels.ts";
export { expectedMotion, followMotion } from "./follow_motion.ts";
export { classEmbedding, classEmbeddingParameters } from "./class_embedding.ts";
export { gelu } from "./gelu.ts";
export { layerNorm, layerNormParameters } from "./layer_norm.ts";
export { batchNorm, batchNormBuffers, batchNormParameters } from "./batch_norm.ts";
export { multiHeadAttention, multiHeadAttentionParameters } from "./multi_head_attention.ts";
export { hashedDropout } from "./hashed_dropout.ts";
export { doubleConv, doubleConvParameters } from "./double_conv.ts";
export { transformerLayer, transformerLayerParameters } from "./transformer_layer.ts";
export { gateParameters } from "./gate_parameters.ts";
export { lstmCell, lstmCellParameters } from "./lstm_cell.ts";
export { gruCell, gruCellParameters } from "./gru_cell.ts";
export {
  mapToVector,
  mapToVectorParameters,
  vectorToMap,
  vectorToMapParameters,
} from "./whole_map.ts";
export { conv3d, conv3dParameters } from "./conv3d.ts";
export { motionHead, motionHeadBuffers, motionHeadParameters } from "./motion_head.ts";
export { hashedUniforms } from "./hashed_uniforms.ts";
export { instanceNoise, instanceNoiseUniforms } from "./instance_noise.ts";
