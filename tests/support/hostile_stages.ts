/** Stages that try what no stage may do, and report how far they came. */

import { z } from "zod";
import { defineStage, type StageTable } from "../../pipelines/stage.ts";

type Attack = () => unknown;

/** Tries every attack; each result is a warning `name: what happened`. */
const attacks = defineStage({
  id: "hostile/attacks",
  version: 1,
  summary: "Try everything that a stage must not do",
  params: z.strictObject({
    /** Folder outside the project, with `secret.txt`, `evil.ts` and a writable rest. */
    outside: z.string(),
    /** The project: `other.txt`, and `link.txt`, which leads outside. */
    project: z.string(),
    store: z.string(),
    port: z.int(),
    data: z.string(),
  }),
  folders: ["data"],
  inputs: {},
  outputs: { scores: "scores" },
  async run({ params, warn, openFile, openFolder }) {
    for (const [name, attack] of Object.entries(attacksWith(params, { openFile, openFolder }))) {
      warn(`${name}: ${await outcomeOf(attack)}`);
    }
    return { scores: { scores: [] } };
  },
});

/** The first attack that succeeds fails no test: this one throws what it met. */
const one = defineStage({
  id: "hostile/one",
  version: 1,
  summary: "Do one thing that a stage must not do",
  params: z.strictObject({ connect: z.int() }),
  inputs: {},
  outputs: { scores: "scores" },
  async run({ params }) {
    await fetch(`http://127.0.0.1:${params.connect}/`);
    return { scores: { scores: [] } };
  },
});

/** Prints a text by every way there is, or fails with it. */
const talk = defineStage({
  id: "hostile/talk",
  version: 1,
  summary: "Say a text wherever text can be said",
  params: z.strictObject({
    fails: z.boolean(),
    /** Where the text is; null for `backwards`. */
    variable: z.string().nullable(),
    /** The text, in a form that nobody takes for it. */
    backwards: z.string().default(""),
  }),
  inputs: {},
  outputs: { scores: "scores" },
  permissions: { env: ["ZOETROPE_TEST_TOKEN"] },
  async run({ params, warn, progress, preview }) {
    const known = [...params.backwards].reverse().join("");
    const text = params.variable === null ? known : Deno.env.get(params.variable) ?? "none";
    const said = `it is ${text}, they say`;
    // What a library prints must be redacted too.
    // deno-lint-ignore no-console
    console.log(said, { said });
    const bytes = new TextEncoder().encode(`${said} in two halves\n`);
    await Deno.stdout.write(bytes.subarray(0, 10));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Deno.stdout.write(bytes.subarray(10));
    await Deno.stderr.write(new TextEncoder().encode(`${said} on stderr\n`));
    warn(said);
    progress({ step: 1, of: 2, message: said });
    const picture = { type: "image/png" as const, width: 1, height: 1, bytes: new Uint8Array(1) };
    preview({ ...picture, name: "a.png", caption: said });
    if (params.fails) throw new Error(said);
    return { scores: { scores: [] } };
  },
});

export const hostileStages = {
  "hostile/attacks": attacks,
  "hostile/one": one,
  "hostile/talk": talk,
} satisfies StageTable;

async function outcomeOf(attack: Attack): Promise<string> {
  try {
    const value = await attack();
    return `succeeded with ${JSON.stringify(value)?.slice(0, 60)}`;
  } catch (error) {
    return error instanceof Error ? `${error.name} ${error.message}` : String(error);
  }
}

function attacksWith(
  { outside, project, store, port, data }:
    & Readonly<
      Record<"outside" | "project" | "store" | "data", string>
    >
    & { readonly port: number },
  open: {
    readonly openFile: (path: string) => Promise<Uint8Array>;
    readonly openFolder: (path: string) => Promise<unknown>;
  },
): Readonly<Record<string, Attack>> {
  const secret = `${outside}/secret.txt`;
  return {
    "read a key outside": () => Deno.readTextFileSync(secret),
    "read by dots": () => Deno.readTextFileSync(`${project}/data/../../secret.txt`),
    "read a file of the project": () => Deno.readTextFileSync(`${project}/other.txt`),
    "read a link of the project": () => Deno.readTextFileSync(`${project}/link.txt`),
    "read the config": () => Deno.readTextFileSync(`${project}/config.yaml`),
    "list the project": () => [...Deno.readDirSync(project)],
    "see what exists": () => Deno.statSync(secret),
    "resolve a path": () => Deno.realPathSync(secret),
    "watch a folder": () => Deno.watchFs(outside),
    "read system files": () => Deno.readTextFileSync("/etc/passwd"),
    "read its environment by /proc": () => Deno.readTextFileSync("/proc/self/environ"),
    "read the parent's environment": () => Deno.readTextFileSync(`/proc/${Deno.ppid}/environ`),
    "read through node": async () => (await import("node:fs")).readFileSync(secret),
    "open what no parameter names": () => open.openFile("other.txt"),
    "open a file of a folder": () => open.openFile(`${data}/a.txt`),
    "open a folder that no parameter names": () => open.openFolder(".."),
    "write outside": () => Deno.writeTextFileSync(`${outside}/new.txt`, "x"),
    "write into the project": () => Deno.writeTextFileSync(`${project}/new.txt`, "x"),
    "write into its data": () => Deno.writeTextFileSync(`${project}/data/new.txt`, "x"),
    "write beside the store": () => Deno.writeTextFileSync(`${store}/../new.txt`, "x"),
    "write into the store's root": () => Deno.writeTextFileSync(`${store}/new.txt`, "x"),
    "write a lease": () => Deno.writeTextFileSync(`${store}/leases/x.json`, "x"),
    "write a root": () => Deno.writeTextFileSync(`${store}/roots/x`, "x"),
    "write another's record": () => Deno.mkdirSync(`${store}/actions/zz`),
    "write another's checkpoint": () => Deno.mkdirSync(`${store}/partial/zz`),
    "write to the temporary folder": () => Deno.makeTempDirSync(),
    "remove a file": () => Deno.removeSync(secret),
    "move its file out": () => {
      Deno.writeTextFileSync(`${store}/tmp/mine`, "x");
      Deno.renameSync(`${store}/tmp/mine`, `${outside}/mine`);
    },
    "make a symbolic link": () => Deno.symlinkSync(secret, `${store}/tmp/link`),
    "make a hard link": () => Deno.linkSync(secret, `${store}/tmp/hard`),
    "copy a file in": () => Deno.copyFileSync(secret, `${store}/tmp/copy`),
    "change the working folder": () => {
      Deno.chdir(outside);
      return Deno.readTextFileSync("secret.txt");
    },
    "read a variable": () => Deno.env.get("HOME"),
    "read all variables": () => Deno.env.toObject(),
    "read a variable through node": async () => (await import("node:process")).default.env["HOME"],
    "set a variable": () => Deno.env.set("LD_PRELOAD", "/tmp/x.so"),
    "start a program": () => new Deno.Command("id").outputSync(),
    "start a program through node": async () =>
      (await import("node:child_process")).execSync("id").toString(),
    "start itself": () => new Deno.Command(Deno.execPath(), { args: ["eval", "1"] }).outputSync(),
    "kill its parent": () => Deno.kill(Deno.ppid, "SIGKILL"),
    "learn the host's name": () => Deno.hostname(),
    "learn the user": () => Deno.uid(),
    "learn the network's addresses": () => Deno.networkInterfaces(),
    "fetch": () => fetch(`http://127.0.0.1:${port}/`),
    "connect": () => Deno.connect({ hostname: "127.0.0.1", port }),
    "connect through node": async () => {
      const { connect } = await import("node:net");
      await new Promise((resolve, reject) =>
        connect(port, "127.0.0.1", () => resolve("connected")).on("error", reject)
      );
    },
    "open a web socket": () => new WebSocket(`ws://127.0.0.1:${port}/`).url,
    "listen": () => void Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
    "ask a name server": () => Deno.resolveDns("example.org", "A"),
    "load a library": () => Deno.dlopen("libc.so.6", {}),
    "use a pointer": () => Deno.UnsafePointer.of(new Uint8Array(1)),
    "load an addon": async () => {
      const { createRequire } = await import("node:module");
      return createRequire(import.meta.url)(`${outside}/evil.node`);
    },
    "import a file outside": () => import(`${outside}/evil.ts`.replace("/", "file:///")),
    "import from the network": () => import(`http://127.0.0.1:${port}/evil.ts?${secret}`),
    "import from a known host": () => import(`https://deno.land/std@0.${port}/x.ts`),
    "start a worker from outside": () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(`file://${outside}/evil.ts`, { type: "module" });
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.onmessage = resolve;
      }),
    "ask for permissions": () => {
      if (Deno.permissions.requestSync({ name: "read" }).state === "granted") return "granted";
      throw new Error("denied");
    },
  };
}
