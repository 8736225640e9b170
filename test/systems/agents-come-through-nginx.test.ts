import { execFileSync, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { publicKeyPin } from "../../src/protocol/certificates.ts";
import { PING_EVERY_MS } from "../../src/protocol/dial-out.ts";
import { formatPairingString } from "../../src/protocol/pairing-string.ts";
import { makeAgentFolder } from "../helpers/agent.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { findProgram } from "../helpers/find-program.ts";
import { makeFolder } from "../helpers/folder.ts";
import { changeDatabase, startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { findFreePort, NOBODYS_PORT, startProgram } from "../helpers/program.ts";
import { register } from "../helpers/register.ts";
import { queueRequest } from "../helpers/requests.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readZip } from "../helpers/zip-contents.ts";

const MANUAL = readFileSync(join(import.meta.dirname, "../../src/installation/README.md"), "utf8");
const LINE = "[2026-11-24 13:42:10,000] INFO [4] — обмен завершён успешно\n";

const nginx = findProgram("nginx");
const skip =
  (nginx === null && "nginx is not installed") ||
  (findProgram("openssl") === null && "openssl is not installed");

t.test("agents dial out through nginx as administrators are told, without pages", { skip }, async (t) => {
  const folder = makeFolder(t);
  execFileSync("sh", ["-c", `umask 077; ${inReadme(/^openssl req -x509 .+$/m)}`], {
    cwd: folder,
    stdio: "pipe",
  });
  const certificateFile = join(folder, "agents.pem");
  const pin = publicKeyPin(new X509Certificate(readFileSync(certificateFile)));
  const { cert, key } = await makeCertificate();
  writeFileSync(join(folder, "pages.pem"), cert);
  writeFileSync(join(folder, "pages.key"), key);

  const dataDir = join(folder, "monitor");
  const monitor = await startMonitorProcess(t, dataDir, {
    AGENT_PORT: "0",
    TRUST_PROXY: "127.0.0.1",
    AGENT_CERTIFICATES: certificateFile,
    LOG_LEVEL: "debug",
  });
  const ports = { pages: await findFreePort(), agents: await findFreePort() };
  const servers = replaceAll(inReadme(/(?<=```nginx\n).+?(?=```)/s), {
    "listen 443 ssl": `listen 127.0.0.1:${ports.pages} ssl`,
    "listen 8443 ssl": `listen 127.0.0.1:${ports.agents} ssl`,
    "/etc/poswatch/": `${folder}/`,
    "http://127.0.0.1:8080": monitor.url,
    "http://127.0.0.1:8081": `http://127.0.0.1:${monitor.agentPort}`,
  });
  await startNginx(t, { program: nginx ?? "", folder, servers });
  const pages = `https://127.0.0.1:${ports.pages}`;
  const agents = `https://127.0.0.1:${ports.agents}`;

  const agent = await startAgent(t, dataDir, { monitor: agents, pins: [pin] });
  await waitFor(() => agent.output().includes("connected to the monitor"));
  await withDatabase(dataDir, async (db) => {
    const polled = () => db.selectFrom("posStatus").select(["version", "failedPolls"]).executeTakeFirst();
    await waitFor(async () => (await polled())?.version === "34.2.117.0");
    t.match(await polled(), { failedPolls: 0 });

    const requestId = await queueRequest(db, 1, Date.now());
    const requested = () =>
      db.selectFrom("logRequest").selectAll().where("id", "=", requestId).executeTakeFirstOrThrow();
    await waitFor(async () => (await requested()).finishedAt !== null);
    t.match(await requested(), { status: "done", receivedFiles: 1 });
    const { path } = await db.selectFrom("logArchive").select("path").executeTakeFirstOrThrow();
    const zip = await readZip(readFileSync(join(dataDir, "archives", path ?? "")));
    t.same(zip["sync.log"], LINE);
  });

  for (const path of ["/", "/login", "/setup", "/pos-servers", "/agent", "/agent/nothing", "/readyz"]) {
    const { status, headers, body } = await ask(`${agents}${path}`, { host: `127.0.0.1:${ports.pages}` });
    t.equal(status, 404, path);
    t.notOk(headers["set-cookie"] ?? headers.location, path);
    t.notMatch(body, /Poswatch/);
  }
  t.match(await ask(`${agents}/healthz`), { status: 200, body: "ok\n" });

  const login = await ask(`${pages}/login`);
  t.match(login, { status: 200, headers: { "set-cookie": [/csrf=.*; Secure/] } }, "the pages know of TLS");

  t.equal(await monitor.end(), 0);
});

t.test("nginx waits longer than agents are silent", async (t) => {
  for (const name of ["proxy_read_timeout", "proxy_send_timeout"]) {
    const seconds = Number(new RegExp(`${name} (\\d+)s;`).exec(MANUAL)?.[1]);
    t.ok(seconds * 1_000 >= 3 * PING_EVERY_MS, name);
  }
});

/** Starts the agent of a POS server of the registry. */
async function startAgent(t: Test, dataDir: string, dialOut: { monitor: string; pins: string[] }) {
  const folder = await makeAgentFolder(t);
  const { port: _none, ...config } = folder.config;
  const configFile = join(folder.root, "agent.json");
  writeFileSync(configFile, JSON.stringify({ ...config, dialOut }));
  writeFileSync(join(folder.logs, "sync.log"), LINE);
  const { posServerId, token, fingerprint } = await loadIdentity(join(folder.root, "state"));
  const address = `https://127.0.0.1:${NOBODYS_PORT}`;
  await changeDatabase(dataDir, "insert into setting (key, value) values ('pollIntervalMs', '5000')");
  const input = formatPairingString({ address, posServerId, token, fingerprint });
  const { code, output } = await register(t, dataDir, { input });
  if (code !== 0) throw new Error(output);
  // As if an administrator had let it dial in.
  await changeDatabase(
    dataDir,
    "update pos_server set connection = 'dial_out', address = null, fingerprint = null",
  );
  return startProgram(t, "src/agent/main.ts", { args: ["--config", configFile] });
}

function inReadme(what: RegExp): string {
  const [found] = what.exec(MANUAL) ?? [];
  if (found === undefined) throw new Error(`src/installation/README.md has no ${what}`);
  return found;
}

function replaceAll(content: string, replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce((replaced, [from, to]) => {
    if (!replaced.includes(from)) throw new Error(`The nginx of src/installation/README.md has no ${from}`);
    return replaced.replaceAll(from, to);
  }, content);
}

async function ask(url: string, headers: Record<string, string> = {}) {
  const asking = request(url, { headers, rejectUnauthorized: false, agent: false }).end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

/** Starts a real nginx whose `http` block holds these servers, and waits until it is ready. */
async function startNginx(
  t: Test,
  { program, folder, servers }: { program: string; folder: string; servers: string },
): Promise<void> {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const pidFile = join(folder, "nginx.pid");
  const config = [
    "daemon off;",
    ...(process.getuid?.() === 0 ? ["user root;"] : []), // the folder is nobody else's
    `pid ${pidFile};`,
    "events {}",
    "http {",
    "access_log off;",
    ...temporary.map((kind) => `${kind}_temp_path ${join(folder, kind)};`),
    servers,
    "}",
  ];
  const file = join(folder, "nginx.conf");
  writeFileSync(file, config.join("\n"));
  const child = spawn(program, ["-e", "stderr", "-p", folder, "-c", file]);
  const ended = once(child, "close");
  t.teardown(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let output = "";
  child.stderr.on("data", (chunk) => (output += chunk));
  await waitFor(() => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${output}`);
    return existsSync(pidFile);
  });
}
