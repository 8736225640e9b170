import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { readConfig } from "../../src/monitor/config.ts";
import { loadConfig, SETTING_NAMES } from "../../src/monitor/settings-file.ts";
import { makeFolder } from "../helpers/folder.ts";

function write(t: Test, text: string) {
  const folder = makeFolder(t);
  writeFileSync(join(folder, "poswatch.env"), text);
  return { DATA_DIR: folder };
}

t.test("what the environment leaves out is read from the file in the data folder", async (t) => {
  const lines = ["\uFEFF# where it listens", "", "PORT=9443", 'HOST = "0.0.0.0"', "LOG_LEVEL=debug # more"];
  const env = write(t, lines.join("\r\n"));
  t.match(loadConfig(env), { port: 9443, host: "0.0.0.0", logLevel: "debug", dataDir: env.DATA_DIR });
  const before = loadConfig({ ...env, PORT: "1", HOST: "" });
  t.match(before, { port: 1, host: "0.0.0.0" }, "the environment goes before where it is not empty");
  t.match(loadConfig({ DATA_DIR: makeFolder(t) }), { port: 8080 }, "there need not be one");
});

t.test("the file may have every variable that is read, but the one that says where it is", async (t) => {
  const read = new Set<string>();
  const env = new Proxy({}, { get: (_env, name) => void read.add(String(name)) });
  readConfig(env);
  t.same([...read].sort(), [...SETTING_NAMES, "DATA_DIR"].sort());
});

t.test("a line that means nothing is named, and what it may be", async (t) => {
  const wrong = write(t, "PORT=9443\nPROT=1\nDATA_DIR=/srv\nlisten everywhere\n");
  t.throws(
    () => loadConfig(wrong),
    /poswatch\.env is wrong:\n {2}- line 2: PROT is no setting: expected one of HOST, PORT, .*\n {2}- line 3: DATA_DIR says where .*\n {2}- line 4: expected NAME=VALUE.*$/,
  );
  t.throws(() => loadConfig(write(t, "PORT=http\n")), /PORT is "http": expected a whole number/);
  const env = { DATA_DIR: makeFolder(t) };
  mkdirSync(join(env.DATA_DIR, "poswatch.env"));
  t.throws(() => loadConfig(env), /^The settings cannot be read: EISDIR/);
});
