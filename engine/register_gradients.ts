/**
 * Registers tfjs's gradients, once, by importing it for its side effect, and then our own.
 *
 * Under Deno "@tensorflow/tfjs-core" resolves to a bundle without gradients, and its own
 * registration file has imports that only bundlers resolve. The umbrella package registers them.
 */

import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { gradients } from "./gradients/mod.ts";

registerGradients();

/** Registers ours, over tfjs's of the same name; for whoever loads another copy of tfjs. */
export function registerGradients(): void {
  for (const gradient of gradients) tf.registerGradient(gradient);
}
