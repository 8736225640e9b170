import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t, { type Test } from "tap";
import { readConfig } from "../../src/monitor/config.ts";
import { loadConfig, SETTING_NAMES } from "../../src/monitor/settings-file.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { startPoswatch } from "../helpers/program.ts";

t.test("without any variable it listens on this machine only, over HTTP", async (t) => {
  t.same(readConfig({}), {
    host: "127.0.0.1",
    port: 8080,
    agentListener: null,
    dataDir: resolve("data"),
    archiveDir: resolve("data/archives"),
    tls: null,
    agentTls: null,
    agentCertificateFiles: [],
    trustProxy: false,
    logLevel: "info",
  });
});

t.test("every variable is read, and an empty one is as if it was not there", async (t) => {
  const dataDir = t.testdir();
  const env = {
    HOST: "::1",
    PORT: "0",
    AGENT_PORT: "8443",
    AGENT_HOST: "0.0.0.0",
    AGENT_TLS: "own",
    DATA_DIR: dataDir,
    ARCHIVE_DIR: "archives",
    TLS_CERT: "cert.pem",
    TLS_KEY: "key.pem",
    AGENT_CERTIFICATES: "proxy.pem, next.pem,",
    TRUST_PROXY: "10.0.0.1",
    LOG_LEVEL: "debug",
  };
  t.same(readConfig(env), {
    host: "::1",
    port: 0,
    agentListener: { host: "0.0.0.0", port: 8443 },
    dataDir,
    archiveDir: resolve("archives"),
    tls: { certificateFile: "cert.pem", keyFile: "key.pem" },
    agentTls: "own",
    agentCertificateFiles: ["proxy.pem", "next.pem"],
    trustProxy: ["10.0.0.1"],
    logLevel: "debug",
  });
  const empty = Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
  t.same(readConfig(empty), readConfig({}));
  t.equal(readConfig({ DATA_DIR: dataDir }).archiveDir, join(dataDir, "archives"));
});

t.test("agents have a port where it is set, and the certificate of the monitor unless told", async (t) => {
  const listener = (env: NodeJS.ProcessEnv) => readConfig(env).agentListener;
  t.same(listener({ HOST: "10.1.1.1", AGENT_PORT: "0" }), { host: "10.1.1.1", port: 0 });
  const elsewhere = { PORT: "443", HOST: "10.1.1.1", AGENT_PORT: "443", AGENT_HOST: "192.168.1.1" };
  t.same(listener(elsewhere), { host: "192.168.1.1", port: 443 });
  const tls = { TLS_CERT: "cert.pem", TLS_KEY: "key.pem" };
  t.same(readConfig(tls).agentCertificateFiles, ["cert.pem"]);
  t.same(readConfig({ ...tls, AGENT_CERTIFICATES: "proxy.pem" }).agentCertificateFiles, ["proxy.pem"]);
  t.same(readConfig({ ...tls, AGENT_CERTIFICATES: "none" }).agentCertificateFiles, []);
  t.same(readConfig({ ...tls, AGENT_PORT: "8443", AGENT_TLS: "own" }).agentCertificateFiles, ["own"]);
  t.match(readConfig({ TLS_CERT: "own" }), { tls: "own", agentCertificateFiles: ["own"] });
});

t.test("whose forwarded headers are believed: nobody, or addresses and subnets", async (t) => {
  const trusted = (text: string) => readConfig({ TRUST_PROXY: text }).trustProxy;
  t.same(["0", "false"].map(trusted), [false, false]);
  t.same(trusted("10.0.0.0/8, ::1,192.168.1.7"), ["10.0.0.0/8", "::1", "192.168.1.7"]);
});

const NO_ADDRESSES = ["1", "true", "2", "*", "loopback", "proxy.example", "10.0.0.1,"];
const NOBODY_TO_TRUST = [...NO_ADDRESSES, "10.0.0.0/33", "0.0.0.0/0", "::/129"];
const WRONG: [NodeJS.ProcessEnv, RegExp][] = [
  [{ PORT: "http" }, /PORT is "http": expected a whole number from 0 to 65535/],
  [{ PORT: "65536" }, /PORT/],
  [{ PORT: "-1" }, /PORT/],
  [{ PORT: "80.5" }, /PORT/],
  [{ AGENT_PORT: "https" }, /AGENT_PORT is "https": expected a whole number from 0 to 65535/],
  [{ AGENT_HOST: "0.0.0.0" }, /AGENT_HOST says where agents are answered at AGENT_PORT: set that too/],
  [{ AGENT_PORT: "8080" }, /AGENT_PORT is 8080, which is that of the pages: set it to another than PORT/],
  [{ AGENT_TLS: "own" }, /AGENT_TLS says what agents meet at AGENT_PORT: set that too/],
  [{ AGENT_PORT: "8443", AGENT_TLS: "mine" }, /AGENT_TLS is "mine": expected own/],
  [{ LOG_LEVEL: "loud" }, /LOG_LEVEL is "loud": expected one of fatal/],
  ...NOBODY_TO_TRUST.map((text): [NodeJS.ProcessEnv, RegExp] => [
    { TRUST_PROXY: text },
    /TRUST_PROXY is ".+": expected the addresses/,
  ]),
  [{ TLS_CERT: "cert.pem" }, /TLS_CERT and TLS_KEY go together/],
  [{ TLS_KEY: "key.pem" }, /TLS_CERT and TLS_KEY go together/],
];

t.test("what cannot be meant is refused", async (t) => {
  for (const [env, message] of WRONG) t.throws(() => readConfig(env), message, JSON.stringify(env));
});

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

/** As most shells have it. */
const COMMON_UMASK = 0o022;

/** A folder that an administrator has made for it, open to everybody. */
function makeOpenFolder(t: Test): string {
  const before = process.umask(COMMON_UMASK);
  t.teardown(() => process.umask(before));
  const folder = makeFolder(t);
  chmodSync(folder, 0o755);
  return folder;
}

function openToOthers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => (statSync(join(folder, name)).mode & 0o077) !== 0,
  );
}

t.test("in a folder that is open to others the monitor's files are not, nor those of commands", async (t) => {
  const dataDir = makeOpenFolder(t);
  const list = startPoswatch(t, ["user", "list"], { env: { DATA_DIR: dataDir } });
  t.equal(await list.ended, 0);
  t.ok(readdirSync(dataDir).includes("poswatch.db"));
  t.same(openToOthers(dataDir), []);
  await startMonitorProcess(t, dataDir);
  t.ok(readdirSync(dataDir).includes("poswatch.db-wal"));
  t.same(openToOthers(dataDir), []);
});
