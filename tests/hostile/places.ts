/** A project with traps around it, in which nothing may be written. */

/** Fills `outer`: a project with links, loops and pipes in it, and secrets beside it. */
export async function makeHostileProject(outer: string): Promise<string> {
  const project = `${outer}/project`;
  await Deno.mkdir(`${project}/data`, { recursive: true });
  await Deno.mkdir(`${project}/evil`);
  await Deno.writeTextFile(`${outer}/secret.yaml`, "stages: { a: { uses: tiny/numbers } }\n");
  await Deno.writeTextFile(`${outer}/secret.txt`, "secret");
  await Deno.writeTextFile(`${project}/data/a.txt`, "a");
  await Deno.symlink("../secret.yaml", `${project}/out.yaml`);
  await Deno.symlink("../secret.txt", `${project}/out.txt`);
  await Deno.symlink("..", `${project}/up`);
  await Deno.symlink("loop_b.yaml", `${project}/loop_a.yaml`);
  await Deno.symlink("loop_a.yaml", `${project}/loop_b.yaml`);
  await Deno.symlink("../../secret.txt", `${project}/evil/x.txt`);
  await Deno.symlink("/dev/zero", `${project}/zero.yaml`);
  const pipe = new Deno.Command("mkfifo", { args: [`${project}/pipe.yaml`] });
  if (!(await pipe.output()).success) throw new Error("mkfifo must be there");
  return project;
}

/** Everything below a folder, by path: size of files, target of links. */
export function listing(folder: string, prefix = ""): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isSymlink }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return listing(path, `${prefix}${name}/`);
    if (isSymlink) return [`${prefix}${name} -> ${Deno.readLinkSync(path)}`];
    return [`${prefix}${name} ${Deno.lstatSync(path).size}`];
  }).sort();
}
