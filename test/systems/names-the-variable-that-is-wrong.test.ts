import { spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { readConfig } from "../../src/monitor/config.ts";
import { listen } from "../../src/monitor/listen.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { findFreePort, startPoswatch } from "../helpers/program.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";

async function messageOf(t: Test, env: NodeJS.ProcessEnv): Promise<string> {
  const program = startPoswatch(t, ["serve"], {
    env: { DATA_DIR: makeFolder(t), PORT: "0", LOG_LEVEL: "silent", ...env },
  });
  t.equal(await program.ended, 1);
  t.notMatch(program.output(), /^\s+at /m, "without a stack");
  return program.output();
}

t.test("all that is wrong is said, or that the data folder cannot be made", async (t) => {
  const wrong = await messageOf(t, { PORT: "http", LOG_LEVEL: "loud" });
  t.match(wrong, /^The configuration is wrong:\n {2}- PORT .*\n {2}- LOG_LEVEL .*\n$/);
  const nowhere = await messageOf(t, { DATA_DIR: "/dev/null/data" });
  t.match(nowhere, /^The data folder \/dev\/null\/data cannot be made: /);
});

const skip = process.getuid?.() !== 0 && "only root may mount";

t.test("a data folder that cannot be written to ends it with a plain message", { skip }, async (t) => {
  const disk = mountSmallDisk(t, 16);
  const { folder } = disk;
  const first = await startMonitorProcess(t, folder);
  await first.end();
  disk.fill();
  t.equal(
    await messageOf(t, { DATA_DIR: folder }),
    `The disk of ${folder} is full: free some space on it, then try again.\n`,
  );
  disk.free();
  t.equal(spawnSync("mount", ["-o", "remount,ro", folder]).status, 0);
  const message = await messageOf(t, { DATA_DIR: folder });
  t.match(message, /^The data folder \S+ cannot be written to: EROFS.* Set DATA_DIR to a folder that/);
});

t.test("certificates and keys that cannot be used name their variable", async (t) => {
  const [own, other] = [await makeCertificate(), await makeCertificate()];
  const locked = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" } as const;
  const encrypted = createPrivateKey(own.key).export(locked);
  const folder = makeFolder(t);
  const write = (name: string, text: string | Buffer) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const cert = write("cert.pem", own.cert);
  const key = write("key.pem", own.key);
  const noPem = write("no.pem", "0123456789");

  const wrong: [NodeJS.ProcessEnv, RegExp][] = [
    [
      { TLS_CERT: "/missing.pem", TLS_KEY: key },
      /^TLS_CERT names \/missing\.pem, which is not there: let Poswatch read it there/,
    ],
    [{ TLS_CERT: noPem, TLS_KEY: key }, /^TLS_CERT names .*no\.pem, which is no certificate in PEM: .+$/],
    [{ TLS_CERT: key, TLS_KEY: key }, /^TLS_CERT names .*key\.pem, which is no certificate in PEM/],
    [{ TLS_CERT: cert, TLS_KEY: noPem }, /^TLS_KEY names .*no\.pem, which is no private key in PEM/],
    [
      { TLS_CERT: cert, TLS_KEY: write("encrypted.pem", encrypted) },
      /^TLS_KEY names .*encrypted\.pem, which is protected by a passphrase\. Give it without one: .+$/,
    ],
    [
      { TLS_CERT: cert, TLS_KEY: write("other.pem", other.key) },
      /^TLS_KEY names .*other\.pem, which is not the key of the certificate .*cert\.pem that TLS_CERT names\. .+$/,
    ],
    [
      { AGENT_CERTIFICATES: `${cert},/missing.pem` },
      /^AGENT_CERTIFICATES names \/missing\.pem, which is not there: .+$/,
    ],
    [
      { AGENT_CERTIFICATES: key },
      /^AGENT_CERTIFICATES names .*key\.pem, which is no certificate in PEM: .+$/,
    ],
  ];
  for (const [env, message] of wrong) await t.rejects(listenWith(t, env), { message });

  t.match(await listenWith(t, { TLS_CERT: cert, TLS_KEY: key }), /^https:/, "those that fit are used");
  t.match(await messageOf(t, { TLS_CERT: noPem, TLS_KEY: key }), /^TLS_CERT names .*no\.pem, .+\n$/);
});

t.test("a place where it cannot listen names its variable", async (t) => {
  const port = await findFreePort();
  await listenWith(t, { PORT: String(port) });
  const taken = String(port);
  const inUse = `${port}, where another program listens already \\(EADDRINUSE\\): .+`;
  const wrong: [NodeJS.ProcessEnv, RegExp][] = [
    [{ PORT: taken }, new RegExp(`^PORT is ${inUse}$`)],
    [{ AGENT_PORT: taken }, new RegExp(`^AGENT_PORT is ${inUse}, or set AGENT_PORT to another\\.$`)],
    [{ AGENT_PORT: "0", AGENT_HOST: "192.0.2.1" }, /^AGENT_HOST is "192\.0\.2\.1", which is no .+$/],
    [{ HOST: "192.0.2.1" }, /^HOST is "192\.0\.2\.1", which is no address .+ \(EADDRNOTAVAIL\): .+$/],
  ];
  for (const [env, message] of wrong) await t.rejects(listenWith(t, env), { message });
  t.match(await messageOf(t, { PORT: taken }), new RegExp(`^PORT is ${inUse}\n$`));
});

/** Starts a monitor in this process. @returns the address of its pages. */
async function listenWith(t: Test, env: NodeJS.ProcessEnv): Promise<string> {
  const { dataDir, archiveDir, ...config } = readConfig({ PORT: "0", LOG_LEVEL: "silent", ...env });
  const { app } = await startMonitor(t, { config });
  return await listen(app);
}
