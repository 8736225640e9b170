import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openDemoFolder } from "../../src/demo/folders.ts";
import { addressFile } from "../../src/demo/simulation.ts";
import { makeFolder } from "../helpers/folder.ts";
import { withDatabase } from "../helpers/monitor-process.ts";
import { plainEnvironment } from "../helpers/plain-environment.ts";
import { beginTestSession } from "../helpers/session.ts";
import { waitFor } from "../helpers/wait-for.ts";

const ROOT = join(import.meta.dirname, "../..");
const START_TIMEOUT_MS = 180_000;

t.test("views and styles change without a restart, sources with one, and the chain lives on", async (t) => {
  const house = copyOfTheHouse(t);
  const folder = join(makeFolder(t), "dev");
  // As if the chain had been filled: its databases fill themselves.
  writeFileSync(addressFile(openDemoFolder(folder).path), "{}");
  const child = spawn(process.execPath, [join(house, "src/demo/dev.ts")], {
    env: { ...plainEnvironment(), DATA_DIR: folder, PORT: "0", DEMO_PASSWORD: "known" },
    detached: true,
  });
  const isAnyLeft = () => signalAll(child, 0);
  t.teardown(() => signalAll(child, "SIGKILL"));
  const ended = once(child, "close");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const hasSaid = (text: RegExp) => waitFor(() => text.test(output), { timeoutMs: START_TIMEOUT_MS });

  await hasSaid(/^Poswatch dev: .* password known\nMessages it sends: .*\n/m);
  const [url = "", arrivals = ""] = output.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
  const session = await withDatabase(join(folder, "monitor"), (db) => beginTestSession(db));
  const cookie = `session=${session}; language=ru`;
  const get = async (path: string) => (await fetch(url + path, { headers: { cookie } })).text();
  const shows = (path: string, text: string) =>
    waitFor(async () => (await get(path).catch(() => "")).includes(text), { timeoutMs: START_TIMEOUT_MS });
  const mainServer = await mainServerUrl(folder);

  const stylesheet = /href="(\/assets\/[^"]+\.css)"/.exec(await get("/pos-servers"))?.[1] ?? "";
  appendFileSync(join(house, "views/pos-servers/_above-filter.eta"), "<b>a changed part</b>");
  appendFileSync(join(house, "views/pos-servers/page.eta"), "<b>a changed page</b>");
  appendFileSync(join(house, "public/css/tokens.css"), ".changed { color: red; }");
  await shows("/pos-servers", "a changed part");
  await shows("/pos-servers", "a changed page");
  t.match(await get(stylesheet), ".changed{color:red}");
  t.notMatch(output, "Restarting");

  const common = join(house, "src/monitor/translations/ru/common.json");
  const texts = readFileSync(common, "utf8");
  writeFileSync(common, texts.replace('"Poswatch"', '"Changed house"'));
  await shows("/pos-servers", "· Changed house</title>");
  t.match(output, "Restarting the monitor: src/monitor/translations/ru/common.json\n");

  writeFileSync(common, "{");
  await hasSaid(/The monitor does not start; it is tried again after the next change\.\n/);
  writeFileSync(common, texts);
  await shows("/pos-servers", "· Poswatch</title>");
  t.equal(await mainServerUrl(folder), mainServer, "each start of the chain has an address of its own");
  t.equal((await fetch(`${mainServer}/programs`)).status, 200);
  t.match(await (await fetch(arrivals)).text(), "<h1>Что пришло</h1>");

  signalAll(child, "SIGINT");
  t.same(await ended, [0, null]);
  await waitFor(() => !isAnyLeft());
});

/** What the program consists of, in a folder where a test may change it. */
function copyOfTheHouse(t: Test): string {
  const house = makeFolder(t);
  for (const part of ["src", "views", "public", "migrations", "package.json"]) {
    cpSync(join(ROOT, part), join(house, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(house, "node_modules"));
  return house;
}

async function mainServerUrl(folder: string): Promise<string> {
  return JSON.parse(await readFile(join(folder, "main-server.json"), "utf8")).url;
}

/** Sends a signal to a program and all that it has started, as a terminal does. @returns whether there is any. */
function signalAll({ pid = 0 }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
