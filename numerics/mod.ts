/**
 * Numerics: random numbers and linear algebra in float64, without a tensor library.
 *
 * @module
 */

export * from "./philox.ts";
export * from "./normal_quantile.ts";
export * from "./random.ts";
export * from "./mean.ts";
export * from "./bilinear_weights.ts";
export * from "./resample_weights.ts";
export * from "./resample_grid.ts";
export * from "./running_covariance.ts";
export * from "./multiply_matrices.ts";
export * from "./row_products.ts";
export * from "./fit_line.ts";
export * from "./pivoted_cholesky.ts";
export * from "./tridiagonal_eigenvalues.ts";
export * from "./symmetric_eigenvalues.ts";
export * from "./singular_values.ts";
