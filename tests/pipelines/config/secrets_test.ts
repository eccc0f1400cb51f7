import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../pipelines/config/diagnostic.ts";
import { redactAll, redactError, redactor } from "../../../pipelines/run/redact.ts";
import { valuesOfSecrets } from "../../../pipelines/config/secrets.ts";
import { hostileStages } from "../../support/hostile_stages.ts";
import { complaintsOf, configOf } from "../../support/parse_text.ts";
import { tinyRun, withFolder } from "../../support/tiny_run.ts";

const token = 'hf_"Zo\\e-trope/42+';
const secrets = new Map([["ZOETROPE_TEST_TOKEN", token]]);

Deno.test("redactor() covers values, their lines and their URL and base64 forms", () => {
  const redact = redactor([token, "first line\nsecond line", "short"]);
  assert.equal(redact(`a ${token} b ${token}`), "a [secret] b [secret]");
  assert.equal(redact("only the second line"), "only the [secret]");
  assert.equal(redact(`?t=${encodeURIComponent(token)}&x`), "?t=[secret]&x");
  assert.equal(redact(`Basic ${btoa(token)}`), `Basic [secret]`);
  assert.equal(redact("short is too short"), "short is too short");
  // The longer of two that overlap, or the rest of it would be seen.
  assert.equal(redactor(["abcdef", "abcdefgh"])("abcdefgh"), "[secret]");
  assert.equal(redactor([".*.*.*"])("anything"), "anything");
  assert.equal(redactor([])("text"), "text");
});

Deno.test("redactAll() redacts texts and keys at any depth and keeps the rest", () => {
  const redact = redactor(["failed", token]);
  const bytes = Uint8Array.of(1);
  assert.deepEqual(
    redactAll({ kind: "failed", a: [{ [token]: 1, b: token }, null, true, bytes] }, redact),
    { kind: "failed", a: [{ "[secret]": 1, b: "[secret]" }, null, true, bytes] },
  );
  const error = redactError(new Error(`no ${token}`), redact);
  assert.ok(error instanceof Error && !`${error.message} ${error.stack}`.includes(token));
});

/** Paths of all files below a folder that contain a text. */
function filesWith(folder: string, text: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return filesWith(path, text);
    return new TextDecoder("latin1").decode(Deno.readFileSync(path)).includes(text) ? [path] : [];
  });
}

const backwards = JSON.stringify([...token].reverse().join(""));
const ways = {
  "its environment": "variable: ZOETROPE_TEST_TOKEN",
  "elsewhere": `variable: null, backwards: ${backwards}`,
};
for (const [where, param] of Object.entries(ways)) {
  Deno.test(`a secret that a stage has from ${where} is in no event, record, log or error`, () =>
    withFolder(async (folder) => {
      for (const fails of [false, true]) {
        const yaml = `stages: { s: { uses: hostile/talk, with: { fails: ${fails}, ${param} } } }\n`;
        const options = { stages: hostileStages, secrets, inProcesses: true };
        const { record, events } = await tinyRun(folder, yaml, options);
        assert.equal(record.stages[0]?.state, fails ? "failed" : "ran");
        const said = JSON.stringify([record, events]);
        assert.match(said, /it is \[secret\], they say/);
        assert.doesNotMatch(said, /it is none/);
        for (const part of ["Zo\\\\e", "Zo\\\\\\\\e", "trope/42"]) {
          assert.ok(!said.includes(part), `${part} in ${said}`);
        }
        assert.deepEqual(filesWith(folder, "trope/42"), []);
      }
    }));
}

Deno.test("a stage gets a secret only when the config names it and the stage declares it", () =>
  withFolder(async (folder) => {
    const yaml = (variable: string) =>
      `stages: { s: { uses: hostile/talk, with: { fails: false, variable: ${variable} } } }\n`;
    const options = { stages: hostileStages, inProcesses: true };
    const unnamed = await tinyRun(folder, yaml("ZOETROPE_TEST_TOKEN"), options);
    assert.match(unnamed.record.stages[0]?.message ?? "", /Requires env access/);
    const undeclared = await tinyRun(folder, yaml("OTHER_TOKEN"), {
      ...options,
      secrets: new Map([["OTHER_TOKEN", token]]),
    });
    assert.match(undeclared.record.stages[0]?.message ?? "", /Requires env access/);
  }));

const stages = "stages: { a: { uses: tiny/numbers } }\n";

Deno.test("secrets are names of environment variables, and no value is shown", () => {
  assert.deepEqual(configOf(`secrets: [HF_TOKEN, A1]\n${stages}`).secrets, ["HF_TOKEN", "A1"]);
  assert.deepEqual(configOf(stages).secrets, []);
  const wrong = complaintsOf(() => configOf(`secrets: [hf_kept, 3, "A B", [X]]\n${stages}`));
  assert.deepEqual(wrong.map((line) => line.slice(0, 6)), ["1:11 A", "1:20 A", "1:23 A", "1:30 A"]);
  assert.doesNotMatch(wrong.join(), /hf_kept/);
  assert.match(complaintsOf(() => configOf(`secrets: HF\n${stages}`)).join(), /1:10 .* a list/);
  assert.match(complaintsOf(() => configOf(stages, { set: ["secrets=[X]"] })).join(), /Unknown/);
});

Deno.test("valuesOfSecrets() has the variables that are set", () => {
  Deno.env.set("ZOETROPE_TEST_TOKEN", token);
  try {
    assert.deepEqual(valuesOfSecrets(["ZOETROPE_TEST_TOKEN", "ZOETROPE_TEST_NONE"]), secrets);
  } finally {
    Deno.env.delete("ZOETROPE_TEST_TOKEN");
  }
});

Deno.test("a text that looks like a secret gets a warning at its place that does not show it", () => {
  const { warnings } = configOf(`params: { hf_token: hunter22, tokens: some, tokenizer: bpe }
stages:
  a: { uses: tiny/numbers, with: { apiKey: 'hunter22', nested: [{ password: hunter22 }] } }
  b: { uses: tiny/numbers, with: { secret: "", token: 3, api_key: null } }
  c: { uses: tiny/numbers, with: { token: "\${params.other}" } }
profiles: { p: { params: { client_secret: hunter22 } } }
`.replace("params: {", "params: { other: x,"));
  const shown = warnings.map(formatDiagnostic);
  assert.deepEqual(
    warnings.map(({ file, line, column, message }) =>
      `${file}:${line}:${column} ${message.split(" looks")[0]}`
    ),
    [
      'x.yaml:1:31 Warning: "hf_token"',
      'x.yaml:3:44 Warning: "apiKey"',
      'x.yaml:3:77 Warning: "password"',
      'x.yaml:1:18 Warning: "token"',
      'x.yaml:6:43 Warning: "client_secret"',
    ],
    shown.join("\n"),
  );
  assert.doesNotMatch(shown.join(), /hunter22/);
  assert.match(shown[1] ?? "", /apiKey: \*{10},/);
});
