/** The backend that an opt-in task wants tested: `deno task test:webgpu`, `deno task test:cuda`. */

/** Not every machine has these, so the ordinary tests do without. */
export type OptInBackend = "webgpu" | "cuda";

/** Undefined in the ordinary tests. */
export const askedBackend = readAsked(Deno.env.get("ZOETROPE_TEST_BACKEND"));

function readAsked(value: string | undefined): OptInBackend | undefined {
  if (value === undefined || value === "webgpu" || value === "cuda") return value;
  throw new RangeError(`Cannot test backend "${value}": it must be webgpu or cuda`);
}
