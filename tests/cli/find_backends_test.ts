import assert from "node:assert/strict";
import { type BackendProbes, findBackends } from "../../cli/find_backends.ts";
import { chooseEngine, type EngineFinder } from "../../cli/engine_choice.ts";

const nothing: BackendProbes = {
  adapter: () => Promise.resolve(undefined),
  cuda: () => "no gpu",
  loadCuda: () => Promise.reject(new Error("must not be asked")),
  platform: "linux",
};

async function found(probes: Partial<BackendProbes>) {
  const [webgpu, cuda] = await findBackends({ ...nothing, ...probes });
  return { webgpu: webgpu!, cuda: cuda! };
}

Deno.test("findBackends() on a machine without a GPU finds nothing wrong", async () => {
  const { webgpu, cuda } = await found({});
  assert.equal(webgpu.state, "absent");
  assert.match(webgpu.fix!, /^apt-get install mesa-vulkan-drivers/);
  assert.deepEqual(cuda, { what: "CUDA", state: "absent", found: "no NVIDIA GPU is visible" });
  const mac = await found({ platform: "darwin" });
  assert.equal(mac.webgpu.fix, "install the driver of the GPU");
});

Deno.test("findBackends() tells GPUs from programs", async () => {
  const named = (name: string, isSoftware: boolean) =>
    found({ adapter: () => Promise.resolve({ name, isSoftware }) });
  assert.deepEqual((await named("NVIDIA H200", false)).webgpu, {
    what: "WebGPU",
    state: "ok",
    found: "NVIDIA H200; by --engine webgpu, not by auto",
  });
  const { webgpu } = await named("llvmpipe", true);
  assert.equal(webgpu.state, "absent");
  assert.match(webgpu.found, /^llvmpipe; a program and no GPU: --engine webgpu works/);
});

Deno.test("findBackends() says which command brings CUDA a step further", async () => {
  const of = async (cuda: ReturnType<BackendProbes["cuda"]>, more: Partial<BackendProbes> = {}) =>
    (await found({ cuda: () => cuda, ...more })).cuda;
  const noPackage = await of("no package");
  assert.deepEqual([noPackage.state, noPackage.fix], ["absent", "deno task install:cuda"]);
  const noLibrary = await of("no library");
  assert.equal(noLibrary.state, "missing");
  assert.match(
    noLibrary.fix!,
    /^rm -r engine\/cuda\/native\/node_modules && deno task install:cuda$/,
  );
  const loadCuda = () => Promise.reject(new Error("libcudart.so.11.0: cannot open"));
  const broken = await of("ready", { loadCuda });
  assert.deepEqual([broken.state, broken.found], ["missing", "libcudart.so.11.0: cannot open"]);
  assert.match(broken.fix!, /CUDA 11\.2 and cuDNN 8\.1/);
  const ready = await of("ready", { loadCuda: () => Promise.resolve("tfjs-node-gpu 4.22.0") });
  assert.deepEqual([ready.state, ready.found], ["ok", "tfjs-node-gpu 4.22.0"]);
});

Deno.test("chooseEngine() takes cuda where it is installed, then ONNX Runtime, and webgpu when told", async () => {
  const mustNotAsk = () => Promise.reject(new Error("asking takes time"));
  const finder = (more: Partial<EngineFinder>): EngineFinder => ({
    hasCuda: () => false,
    adapter: mustNotAsk,
    ...more,
  });
  const facts = async (more: Partial<EngineFinder>, engine: "auto" | "webgpu" = "auto") =>
    (await chooseEngine({ engine, threads: 3 }, finder(more))).facts;
  assert.deepEqual(await facts({ hasCuda: () => true }), {
    backend: "cuda",
    version: "tfjs-node-gpu 4.22.0",
  });
  assert.equal((await facts({})).backend, "onnx");
  const llvmpipe = () => Promise.resolve({ name: "llvmpipe", isSoftware: true });
  assert.deepEqual(await facts({ adapter: llvmpipe }, "webgpu"), {
    backend: "webgpu",
    version: "tfjs-backend-webgpu 4.22.0 on llvmpipe",
  });
  const { choice } = await chooseEngine({ engine: "cpu", threads: 3 }, finder({}));
  assert.deepEqual(choice, { backend: "cpu", threads: 3 });
});
