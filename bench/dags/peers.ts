/** The same pipelines for the tools a user would pick instead. Each stage is one short shell command. */

import type { Dag, DagStage } from "./dag.ts";
import type { Command } from "./time_command.ts";

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Writes the pipeline into an empty folder. */
  prepare(dag: Dag, folder: string): Promise<void>;
  /** Runs it, or finds that there is nothing to do. */
  readonly run: Command;
}

export interface PeerPaths {
  /** Folder with `snakemake` and `dvc`, such as the `bin` of a virtual environment. */
  readonly python: string | undefined;
  /** Folder with a `node_modules` that has wireit. */
  readonly wireit: string | undefined;
}

/** The peers that are there; for each other one a line that says how to have it. */
export async function findPeers(
  { python, wireit }: PeerPaths,
): Promise<{ readonly peers: readonly Peer[]; readonly absent: readonly string[] }> {
  const bin = python === undefined ? "" : `${python}/`;
  const hint = "python3 -m venv V && V/bin/pip install snakemake dvc, then --python V/bin";
  const candidates = [
    { name: "Snakemake", peer: await snakemake(`${bin}snakemake`), hint },
    { name: "DVC", peer: await dvc(`${bin}dvc`), hint },
    {
      name: "wireit",
      peer: wireit === undefined ? undefined : await wireitIn(wireit),
      hint: "npm install --prefix W wireit, then --wireit W",
    },
  ];
  return {
    peers: candidates.flatMap(({ peer }) => peer ?? []),
    absent: candidates.filter(({ peer }) => peer === undefined)
      .map(({ name, hint }) => `${name} is not there, so it is not timed (${hint})`),
  };
}

async function snakemake(program: string): Promise<Peer | undefined> {
  const version = await versionOf(program);
  return version === undefined ? undefined : {
    name: "Snakemake",
    version,
    prepare(dag, folder) {
      const all = `rule all:\n  input: ${list(dag.stages.map(outputOf))}\n`;
      const rules = dag.stages.map((stage) => {
        const input = stage.needs.length === 0 ? "" : `  input: ${list(inputsOf(stage))}\n`;
        return `rule ${stage.name}:\n${input}  output: "${outputOf(stage)}"\n  shell: "${
          shell(stage)
        }"\n`;
      });
      return Deno.writeTextFile(`${folder}/Snakefile`, [all, ...rules].join(""));
    },
    run: { program, args: ["--cores", "1", "--quiet", "all"] },
  };
}

async function dvc(program: string): Promise<Peer | undefined> {
  const version = await versionOf(program);
  return version === undefined ? undefined : {
    name: "DVC",
    version,
    async prepare(dag, folder) {
      const stages = dag.stages.map((stage) => [stage.name, {
        cmd: shell(stage),
        ...(stage.needs.length > 0 && { deps: inputsOf(stage) }),
        outs: [outputOf(stage)],
      }]);
      // JSON is YAML.
      await Deno.writeTextFile(
        `${folder}/dvc.yaml`,
        JSON.stringify({ stages: Object.fromEntries(stages) }),
      );
      await Deno.mkdir(`${folder}/out`);
      const init = ["init", "--no-scm", "--quiet"];
      await new Deno.Command(program, { args: init, cwd: folder, stdout: "null" }).output();
    },
    run: { program, args: ["repro", "--quiet"], env: { DVC_NO_ANALYTICS: "1" } },
  };
}

async function wireitIn(folder: string): Promise<Peer | undefined> {
  const packages = `${folder}/node_modules`;
  const { version } = JSON.parse(await readIfThere(`${packages}/wireit/package.json`) ?? "{}");
  return version === undefined ? undefined : {
    name: "wireit",
    version: `${version}, started by npm`,
    async prepare(dag, target) {
      const tasks = dag.stages.map((stage) => [stage.name, {
        command: shell(stage),
        dependencies: stage.needs,
        files: [],
        output: [outputOf(stage)],
      }]);
      const all = { dependencies: dag.stages.map(({ name }) => name) };
      const wireit = Object.fromEntries([...tasks, ["all", all]]);
      const scripts = Object.fromEntries(Object.keys(wireit).map((name) => [name, "wireit"]));
      await Deno.writeTextFile(`${target}/package.json`, JSON.stringify({ scripts, wireit }));
      await Deno.mkdir(`${target}/out`);
      await Deno.symlink(packages, `${target}/node_modules`);
    },
    run: { program: "npm", args: ["run", "--silent", "all"], env: { WIREIT_LOGGER: "quiet" } },
  };
}

function outputOf({ name }: Pick<DagStage, "name">): string {
  return `out/${name}`;
}

function inputsOf({ needs }: DagStage): string[] {
  return needs.map((name) => outputOf({ name }));
}

/** Reads all inputs, and writes as little as any other: what is passed on whole would grow from stage to stage. */
function shell(stage: DagStage): string {
  const write = `echo ${stage.name} > ${outputOf(stage)}`;
  return stage.needs.length === 0
    ? write
    : `cat ${inputsOf(stage).join(" ")} > /dev/null && ${write}`;
}

function list(paths: readonly string[]): string {
  return paths.map((path) => `"${path}"`).join(", ");
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args: ["--version"],
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
