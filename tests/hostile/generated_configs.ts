/** Hostile configs that are too large for files, or that git would not keep as they are. */

export interface HostileConfig {
  readonly text: string | Uint8Array;
  /** What the first complaint must be like: `line:column` and a part of the message. */
  readonly expect: RegExp;
  /** Arguments after the config. */
  readonly args?: readonly string[];
}

const one = "stages: { a: { uses: tiny/numbers } }\n";
const many = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join("");
const utf16 = (text: string) =>
  new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);

/** Nine levels of ten aliases each: 10^9 values. */
const bomb = (levels: number, width: number) =>
  `a0: &a0 [${many(width, () => "x,")}]\n` +
  many(levels, (i) => `a${i + 1}: &a${i + 1} [${many(width, () => `*a${i},`)}]\n`);

export const generatedConfigs: Readonly<Record<string, HostileConfig>> = {
  "an alias bomb": { text: bomb(9, 10) + one, expect: /\d+:\d+ A config must hold at most/ },
  "a bomb of aliased maps": {
    text: `a0: &a0 { k: v }\n` +
      many(12, (i) => `a${i + 1}: &a${i + 1} {${many(8, (k) => `k${k}: *a${i},`)}}\n`) + one,
    expect: /A config must hold at most/,
  },
  "a long text shared often": {
    text: `a: &a "${"x".repeat(200_000)}"\nb: [${many(5000, () => "*a,")}]\n` + one,
    expect: /A config must hold at most/,
  },
  "brackets 100,000 deep": { text: "[".repeat(100_000), expect: /1:\d+ Maps and lists must nest/ },
  "braces 50,000 deep": { text: "{a: ".repeat(50_000), expect: /1:\d+ Maps and lists must nest/ },
  "dashes 50,000 deep": { text: "- ".repeat(50_000), expect: /1:\d+ Maps and lists must nest/ },
  "lines that step in 300 times": {
    text: many(300, (i) => `${" ".repeat(i)}a:\n`),
    expect: /\d+:\d+ Maps and lists must nest/,
  },
  "explicit keys 10,000 deep": { text: "? ".repeat(10_000), expect: /must nest/ },
  "more than 256 KiB": {
    text: `# ${"x".repeat(262_144)}\n${one}`,
    expect: /1:1 .*at most 256 KiB/,
  },
  "a gibibyte of zeros": { text: new Uint8Array(), expect: /1:1 .*at most 256 KiB/ },
  "a key of 200,000 characters": {
    text: `${"k".repeat(200_000)}: 1\n${one}`,
    expect: /1:1 Cannot read YAML|1:1 Unknown key/,
  },
  "a name of 200,000 characters": {
    text: `name: "${"é".repeat(100_000)}"\n${one}`,
    expect: /1:7 "name" must be a-z/,
  },
  "20,000 times the same key": {
    text: many(20_000, () => "a: 1\n") + one,
    expect: /2:1 Key "a" is already set/,
  },
  "20,000 unknown keys": { text: many(20_000, (i) => `k${i}: 1\n`) + one, expect: /Unknown key/ },
  "20,000 anchors": {
    text: many(20_000, (i) => `- &a${i} 1\n`),
    expect: /1:1 A config must be a map/,
  },
  "20,000 unknown tags": {
    text: many(20_000, () => "- !x 1\n"),
    expect: /Tag "!x" is not allowed/,
  },
  "20,000 quotes that stay open": { text: `"\n`.repeat(20_000), expect: /Cannot read YAML/ },
  "a comment in the way of every token": {
    text: "[ #\n".repeat(40_000),
    expect: /must nest|Cannot read YAML/,
  },
  "4,000 stages in a circle": {
    text: "stages:\n" +
      many(4000, (i) => ` s${i}: {uses: tiny/scale, inputs: {curve: s${(i + 1) % 4000}.curve}}\n`),
    expect: /Stages need each other in a circle/,
  },
  "8,000 stages without a use": {
    text: "stages:\n" + many(8000, (i) => ` s${i}: {}\n`),
    expect: /2:2 Stage "s0" must say/,
  },
  "8,000 stages that use what is not there": {
    text: "stages:\n" + many(8000, (i) => ` s${i}: {uses: tiny/nmbers${i}}\n`),
    expect: /there is no stage/,
  },
  "4,000 stages that take from what is not there": {
    text: "stages:\n" +
      many(4000, (i) => ` s${i}: {uses: tiny/scale, inputs: {curve: x${i}.curve}}\n`),
    expect: /2:\d+ Cannot plan stage "s0"/,
  },
  "8,000 inputs of one stage": {
    text: `stages: { a: { uses: tiny/total, inputs: { ${many(8000, (i) => `p${i}: a.b,`)} } } }\n`,
    expect: /Cannot plan stage "a"/,
  },
  "parameters 30 steps long": {
    text: `params: { ${many(30, (i) => `p${i}: "\${params.p${i + 1}}", `)} p30: 1 }\n${one}`,
    expect: /1:\d+ Parameters may refer to each other over at most/,
  },
  "parameters that double 40 times": {
    text: `params: { p0: xxxxxxxx, ${
      many(15, (i) => `p${i + 1}: "${`\${params.p${i}}`.repeat(8)}", `)
    } }\n${one}`,
    expect: /Text must be at most|over at most/,
  },
  "lists that double 15 times": {
    text: `params: { p0: [x, x, x, x], ${
      many(14, (i) => `p${i + 1}: [${`"\${params.p${i}}",`.repeat(8)}], `)
    } }\n${one}`,
    expect: /A config must hold at most|over at most/,
  },
  "a matrix of 10^12 points": {
    text: `matrix: { ${many(6, (v) => `v${v}: [${many(100, (i) => `${i},`)}],`)} }\n` +
      `stages: { a: { uses: tiny/numbers, with: { count: "\${matrix.v0}", seed: "\${matrix.v1}" } } }\n`,
    expect: /1:\d+ .*points/,
  },
  "bytes that are no UTF-8": {
    text: Uint8Array.of(...new TextEncoder().encode(one), 0xff, 0xfe, 0xc0, 0x80),
    expect: /1:1 .*UTF-8/,
  },
  "an overlong slash": {
    text: Uint8Array.of(0x61, 0x3a, 0x20, 0xc0, 0xaf, 0x0a),
    expect: /1:1 .*UTF-8/,
  },
  "a surrogate in UTF-8": {
    text: Uint8Array.of(0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80, 0x0a),
    expect: /1:1 .*UTF-8/,
  },
  "UTF-16 with its mark": { text: utf16(`\ufeff${one}`), expect: /1:1 .*UTF-8/ },
  "UTF-16 without a mark": { text: utf16(one), expect: /\d+:\d+ / },
  "a byte order mark in the middle": {
    text: `stages: { a: { uses: \ufefftiny/numbers } }\n`,
    expect: /1:\d+ /,
  },
  "a NUL in a key": { text: `sta\0ges: 1\n${one}`, expect: /1:1 / },
  "escape codes in a key": {
    text: `"\\e[31m\\e]8;;http://evil\\a": \x1b[2J\n${one}`,
    expect: /1:\d+ /,
  },
  "escape codes as they are": {
    text: `\x1b]0;owned\x07: 1\n\x9b31m: 2\n${one}`,
    expect: /1:1 Unknown key/,
  },
  "text that runs backwards": { text: `"\u202e\u2066key": 1\n${one}`, expect: /1:1 Unknown key/ },
  "line ends of all kinds": { text: `stages:\r  a:\u2028 {}\x85\f`, expect: /\d+:\d+ / },
  "a lone surrogate": { text: `name: "\\ud800"\n${one}`, expect: /1:\d+ / },
  "a path of 100,000 characters": {
    text: `extends: ${"a/".repeat(50_000)}b.yaml\n${one}`,
    expect: /1:10 Cannot read config/,
  },
  "a file name of 300 characters": {
    text: `extends: ${"a".repeat(300)}.yaml\n${one}`,
    expect: /1:10 /,
  },
  "200 files to extend": {
    text: `extends: [${many(200, () => "good.yaml,")}]\n`,
    expect: /1:\d+ A config may be composed of at most/,
  },
  "a link out of the project to extend": {
    text: `extends: out.yaml\n${one}`,
    expect: /1:10 .*inside the project/,
  },
  "a folder link out of the project": {
    text: `extends: up/secret.yaml\n${one}`,
    expect: /1:10 .*inside the project/,
  },
  "links in a circle to extend": {
    text: `extends: loop_a.yaml\n${one}`,
    expect: /1:10 .*no such file/,
  },
  "a pipe to extend": { text: `extends: pipe.yaml\n${one}`, expect: /1:10 .*must be a file/ },
  "a device to extend": {
    text: `extends: zero.yaml\n${one}`,
    expect: /1:10 .*(must be a file|inside the project)/,
  },
  "a folder to extend": { text: `extends: data\n${one}`, expect: /1:10 .*must be a file/ },
  "a link out of the project as a file": {
    text: "stages: { a: { uses: tiny/open, with: { file: out.txt } } }\n",
    expect: /1:47 .*lies outside/,
  },
  "a pipe as a file": {
    text: "stages: { a: { uses: tiny/open, with: { file: pipe.yaml } } }\n",
    expect: /1:47 .*is not a file/,
  },
  "a folder with a link out of it": {
    text:
      `stages: { a: { uses: hostile/attacks, with: { data: evil, outside: "", project: "", store: "", port: 1 } } }\n`,
    expect: /1:53 .*must not leave the project/,
  },
  "a folder above the project": {
    text:
      `stages: { a: { uses: hostile/attacks, with: { data: up, outside: "", project: "", store: "", port: 1 } } }\n`,
    expect: /1:53 .*lies outside/,
  },
  ...overrides(),
};

/** Attacks through the command line; the config itself is good. */
function overrides(): Record<string, HostileConfig> {
  const attacks: Readonly<Record<string, RegExp>> = {
    "__proto__.polluted=1": /Unknown stage "__proto__"/,
    "stages.__proto__.uses=tiny/numbers": /Unknown stage "__proto__"/,
    "params.__proto__.x=1": /Unknown parameter|Unknown key/,
    "constructor.prototype.x=1": /Unknown stage "constructor"/,
    "a.with.__proto__.count=1": /Unknown key "__proto__"/,
    "a.with.constructor=1": /Unknown key "constructor"/,
    "a.with={__proto__: {x: 1}}": /Key "__proto__" is not allowed/,
    "a.with=&a [*a]": /contains itself/,
    "=1": /must look like/,
    "a.with.count": /must look like/,
    "a..count=1": /Unknown key ""/,
    "a.with.count=!!js/function x": /is not allowed/,
    "extends=/etc/passwd": /Unknown stage "extends"/,
    "secrets=[HOME]": /Unknown stage "secrets"/,
    "a.uses.0=x": /Cannot set "0"/,
    "\x1b[2J=1": /Unknown stage/,
    [`${"a.".repeat(50_000)}x=1`]: /Unknown key|Cannot set/,
    [`a.with.count=${"[".repeat(50_000)}`]: /must nest/,
  };
  const found: Record<string, HostileConfig> = {};
  for (const [index, [text, expect]] of Object.entries(attacks).entries()) {
    found[`--set attack ${index + 1}`] = { text: one, args: ["--set", text], expect };
  }
  for (const name of ["__proto__", "toString", "../x"]) {
    found[`a profile named ${name}`] = {
      text: one,
      args: ["--profile", name],
      expect: /Unknown profile/,
    };
  }
  return found;
}
