/** Stochastic Video Generation: what each moment of a clip computes. */

import * as tf from "@tensorflow/tfjs-core";
import { withDcganInit } from "../dcgan_init.ts";
import { linear, linearParameters } from "../layers/linear.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { frameCodeBuffers, type FrameCodeConfig, frameCodeParameters } from "./frame_code.ts";
import { type Gaussian, gaussianLstm, gaussianLstmParameters } from "./gaussian_lstm.ts";
import { initialStackState, lstmStack, lstmStackParameters } from "./lstm_stack.ts";

/** A type alias, because interfaces are not JSON. */
export type SvgConfig = {
  readonly frames: FrameCodeConfig;
  /** Numbers of the latent variable of a moment, z. */
  readonly latent: number;
  /** Width of every recurrent cell. */
  readonly hidden: number;
  /** Cells of the frame predictor, and of each Gaussian network. */
  readonly predictorLayers: number;
  readonly gaussianLayers: number;
  /** fixed: N(0, 1), SVG-FP; learned: a Gaussian network that has seen the frames before, SVG-LP. */
  readonly prior: "fixed" | "learned";
  /** Numbers known beside each frame, such as actions; 0: none. */
  readonly conditions: number;
  /**
   * Whose maps the decoder gets after the context: those of the frame before, drawn ones too, or those of the
   * last context frame.
   */
  readonly lastFrameSkip: boolean;
};

/** `<network>.<layer>.hidden` and `.cell`, each `[batch, hidden]`. */
export type SvgState = Parameters;

/** Declares `encoder`, `decoder`, `predictor`, `posterior` and, where it is learned, `prior`. */
export function svgParameters(config: SvgConfig): ParameterSpecs {
  const { frames, latent, hidden, predictorLayers, gaussianLayers, prior, conditions } = config;
  const { code } = frames;
  const gaussian = gaussianLstmParameters({ inputs: code, hidden, layers: gaussianLayers, latent });
  const predictor = {
    ...lstmStackParameters({
      inputs: code + latent + conditions,
      hidden,
      layers: predictorLayers,
    }),
    ...nest("out", linearParameters({ inputs: hidden, outputs: code })),
  };
  return withDcganInit({
    ...frameCodeParameters(frames),
    ...nest("predictor", predictor),
    ...nest("posterior", gaussian),
    ...(prior === "learned" ? nest("prior", gaussian) : {}),
  });
}

/** Declares the running statistics of batch norms. */
export function svgBuffers(config: SvgConfig): ParameterSpecs {
  return frameCodeBuffers(config.frames);
}

/** Before the first moment of a clip. */
export function initialSvgState(config: SvgConfig, batch: number): SvgState {
  const { hidden, predictorLayers, gaussianLayers, prior } = config;
  const gaussian = () => initialStackState({ hidden, layers: gaussianLayers }, batch);
  return {
    ...within("predictor", initialStackState({ hidden, layers: predictorLayers }, batch)),
    ...within("posterior", gaussian()),
    ...(prior === "learned" ? within("prior", gaussian()) : {}),
  };
}

/** q(z_t | x_1 .. x_t). @param code Of frame t, `[batch, code]`. */
export function posteriorOf(
  parameters: Parameters,
  code: tf.Tensor,
  state: SvgState,
): { readonly gaussian: Gaussian; readonly state: SvgState } {
  return runGaussian("posterior", parameters, code, state);
}

/**
 * p(z_t | x_1 .. x_{t−1}), or nothing where it is N(0, 1).
 * @param code Of frame t − 1, `[batch, code]`.
 */
export function priorOf(
  parameters: Parameters,
  config: SvgConfig,
  code: tf.Tensor,
  state: SvgState,
): { readonly gaussian?: Gaussian; readonly state: SvgState } {
  return config.prior === "learned" ? runGaussian("prior", parameters, code, state) : { state };
}

/**
 * The code of frame t from that of frame t − 1, z_t and what is known of frame t − 1: Linear, cells, Linear, tanh.
 * @param given.condition `[batch, conditions]`; there if the network has conditions.
 * @throws {Error} When it is missing.
 */
export function predictCode(
  parameters: Parameters,
  config: SvgConfig,
  given: {
    readonly code: tf.Tensor;
    readonly latent: tf.Tensor;
    readonly condition?: tf.Tensor | undefined;
  },
  state: SvgState,
): { readonly code: tf.Tensor; readonly state: SvgState } {
  const { code, latent, condition } = given;
  if (config.conditions > 0 && condition === undefined) {
    throw new Error(
      `Cannot predict a frame: the network expects ${config.conditions} conditions, but there are none`,
    );
  }
  const known = config.conditions > 0 ? [condition!] : [];
  const own = under(parameters, "predictor");
  const input = tf.concat([code, latent, ...known], 1);
  const { output, state: next } = lstmStack(own, input, under(state, "predictor"));
  return {
    code: tf.tanh(linear(under(own, "out"), output)),
    state: { ...state, ...within("predictor", next) },
  };
}

function runGaussian(
  name: "posterior" | "prior",
  parameters: Parameters,
  code: tf.Tensor,
  before: SvgState,
) {
  const { gaussian, state } = gaussianLstm(under(parameters, name), code, under(before, name));
  return { gaussian, state: { ...before, ...within(name, state) } };
}

function within(prefix: string, tensors: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}.${name}`, tensor]),
  );
}
