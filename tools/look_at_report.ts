/**
 * Takes pictures of a report in headless Chromium: 1280 and 390 px wide, light and dark.
 *
 * `deno run -A tools/look_at_report.ts <report.html | golden> <folder>`; "golden" is the run of the tests.
 * Fails when the page is wider than the screen, asks for anything, or logs an error. Needs `chromium`.
 */

import { renderReport } from "../report/render_report.ts";
import { goldenRun } from "../tests/fixtures/golden_record.ts";

const SCREENS = [{ width: 1280, scale: 1 }, { width: 390, scale: 2 }] as const;
const SCHEMES = ["light", "dark"] as const;
/** Longer pages are cut into several pictures. */
const MAX_HEIGHT = 1600;
const PORT = 9333;

const [source, folder] = Deno.args;
if (source === undefined || folder === undefined) {
  throw new TypeError("Cannot look at a report: a file (or golden) and a folder are needed");
}
await Deno.mkdir(folder, { recursive: true });
const problems = await takePictures(await reportPath(source, folder), folder);
if (problems.length > 0) throw new Error(`Report is not fit to be seen: ${problems.join("; ")}`);

async function reportPath(source: string, folder: string): Promise<string> {
  if (source !== "golden") return await Deno.realPath(source);
  const run = goldenRun(4);
  const path = `${folder}/golden.html`;
  await Deno.writeTextFile(path, await renderReport(run.record, run.blob));
  return await Deno.realPath(path);
}

async function takePictures(path: string, folder: string): Promise<string[]> {
  const profile = await Deno.makeTempDir();
  const browser = new Deno.Command("chromium", {
    args: [
      "--headless=new",
      "--no-sandbox",
      "--hide-scrollbars",
      `--remote-debugging-port=${PORT}`,
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const page = await openPage();
    const problems: string[] = [];
    page.listen((method, text) => problems.push(`${method} ${text}`));
    for (const screen of SCREENS) {
      for (const scheme of SCHEMES) {
        problems.push(...await photograph(page, path, screen, scheme, folder));
      }
    }
    return problems;
  } finally {
    browser.kill();
    await browser.status;
    await Deno.remove(profile, { recursive: true });
  }
}

async function photograph(
  page: Page,
  path: string,
  { width, scale }: (typeof SCREENS)[number],
  scheme: (typeof SCHEMES)[number],
  folder: string,
): Promise<string[]> {
  const mobile = width < 500;
  const metrics = { width, height: 900, deviceScaleFactor: scale, mobile };
  await page.send("Emulation.setDeviceMetricsOverride", metrics);
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await page.send("Emulation.setEmulatedMedia", { features });
  await page.send("Page.navigate", { url: `file://${path}` });
  // Time for the films to reach their generated frames.
  await new Promise((resolve) => setTimeout(resolve, 1_800));
  const expression =
    "[document.documentElement.scrollWidth, document.documentElement.scrollHeight].join()";
  const { result } = await page.send("Runtime.evaluate", { expression });
  const [pageWidth = 0, height = 0] = String(Reflect.get(Object(result), "value")).split(",").map(
    Number,
  );
  for (let y = 0, part = 0; y < height; y += MAX_HEIGHT, part++) {
    const clip = { x: 0, y, width, height: Math.min(MAX_HEIGHT, height - y), scale: 1 };
    const shot = await page.send("Page.captureScreenshot", { clip, captureBeyondViewport: true });
    const bytes = Uint8Array.fromBase64(String(shot.data));
    await Deno.writeFile(`${folder}/${width}_${scheme}_${part}.png`, bytes);
  }
  return pageWidth > width ? [`${width} ${scheme}: the page is ${pageWidth} px wide`] : [];
}

interface Page {
  send(method: string, parameters?: object): Promise<Record<string, unknown>>;
  /** Hears of log entries and of requests for anything but the page and its own data. */
  listen(hear: (method: string, text: string) => void): void;
}

async function openPage(): Promise<Page> {
  const socket = new WebSocket(await debuggerAddress());
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  let hear: (method: string, text: string) => void = () => {};
  socket.addEventListener("message", ({ data }) => {
    const { id, result, error, method, params } = JSON.parse(data);
    if (id !== undefined) waiting.get(id)?.(result ?? error);
    if (method === "Log.entryAdded") hear(method, params.entry.text);
    if (method === "Network.requestWillBeSent" && !/^(data|file):/.test(params.request.url)) {
      hear(method, params.request.url);
    }
  });
  let next = 1;
  const page: Page = {
    send: (method, parameters = {}) =>
      new Promise((resolve) => {
        const id = next++;
        waiting.set(id, resolve);
        socket.send(JSON.stringify({ id, method, params: parameters }));
      }),
    listen: (listener) => hear = listener,
  };
  for (const domain of ["Page", "Log", "Network"]) await page.send(`${domain}.enable`);
  return page;
}

async function debuggerAddress(): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      const pages = await (await fetch(`http://127.0.0.1:${PORT}/json/list`)).json();
      const page = pages.find(({ type }: { type: string }) => type === "page");
      if (page !== undefined) return page.webSocketDebuggerUrl;
    } catch (error) {
      // The browser refuses connections until it has started.
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Cannot look at a report: chromium did not open its debugger within 10 s");
}
