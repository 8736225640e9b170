import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import t, { type Test } from "tap";
import { publicKeyPin } from "../../src/protocol/certificates.ts";
import { DESKTOP, launchBrowser, openPage } from "../helpers/browser.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { makeFolder } from "../helpers/folder.ts";
import { postForm } from "../helpers/monitor-process.ts";
import { findFreePort, startPoswatch } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const FORM = { login: "anna", name: "Анна", password: "long enough", repeated: "long enough" };

/** A monitor as whoever has just unpacked it starts it. */
async function startFirst(t: Test) {
  const dataDir = makeFolder(t);
  const [port, agentPort] = [await findFreePort(), await findFreePort()];
  writeFileSync(join(dataDir, "poswatch.env"), `PORT=${port}\n`);
  const monitor = startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir } });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(() => monitor.output().includes(`listening at ${url}`));
  const token = readFileSync(join(dataDir, "setup-token"), "utf8").trim();
  const setUp = (fields: Record<string, string>) =>
    postForm(url, "/setup", { ...FORM, token, publicAddress: `https://127.0.0.1:${agentPort}`, ...fields });
  return {
    dataDir,
    monitor,
    url,
    port,
    agentPort,
    setUp,
    settings: () => readFileSync(join(dataDir, "poswatch.env"), "utf8"),
  };
}

/** @returns the pin of the key that is met at a port, and what `/healthz` says; null = nobody is there. */
const meet = (port: number) =>
  new Promise<{ pin: string; status: number | undefined } | null>((resolve) => {
    const options = { host: "127.0.0.1", port, path: "/healthz", rejectUnauthorized: false, agent: false };
    request(options, (answer) => {
      const certificate = (answer.socket as TLSSocket).getPeerX509Certificate();
      resolve({ pin: certificate ? publicKeyPin(certificate) : "", status: answer.statusCode });
      answer.resume();
    })
      .on("error", () => resolve(null))
      .end();
  });

async function untilMet(port: number) {
  await waitFor(async () => (await meet(port)) !== null);
  return (await meet(port)) ?? { pin: "", status: 0 };
}

t.test("its own key opens a port for agents, and is the same for good", async (t) => {
  const { dataDir, monitor, url, port, agentPort, setUp, settings } = await startFirst(t);
  const taken = createServer().listen(0, "0.0.0.0");
  await once(taken, "listening");
  const { port: takenPort } = taken.address() as { port: number };
  const refused = await setUp({ tls: "own", publicAddress: `https://127.0.0.1:${takenPort}` });
  t.equal(refused.status, 422);
  t.match(await refused.text(), /id="problem-publicAddress">Этот порт открыть не удалось/);
  taken.close();
  const nowhere = await setUp({ tls: "own", publicAddress: "" });
  t.match(await nowhere.text(), /id="problem-publicAddress">Укажите адрес/);

  const unprotected = await setUp({ tls: "own", publicAddress: `http://127.0.0.1:${agentPort}` });
  t.match(await unprotected.text(), /id="problem-publicAddress">Шифрует сам Poswatch/);
  const withPath = await setUp({ tls: "own", publicAddress: `https://127.0.0.1:${agentPort}/poswatch` });
  t.match(await withPath.text(), /id="problem-publicAddress">Шифрует сам Poswatch.* после порта ничего нет/);

  const answer = await setUp({ tls: "own" });
  t.equal(answer.status, 200);
  const startsAnew = await answer.text();
  t.match(startsAnew, /Poswatch перезапускается/);
  t.match(startsAnew, `data-url="${url}/pos-servers"`);
  const { pin, status } = await untilMet(agentPort);
  t.equal(status, 200);
  await waitFor(() =>
    fetch(`${url}/login`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  t.match(settings(), `AGENT_PORT='${agentPort}'\nAGENT_HOST='0.0.0.0'\nAGENT_TLS='own'\n`);
  t.equal(await monitor.end(), 0);

  const tls = (...args: string[]) => startPoswatch(t, ["tls", ...args], { env: { DATA_DIR: dataDir } });
  const told = tls();
  t.equal(await told.ended, 0);
  t.equal(
    told.output(),
    `Pages at 127.0.0.1:${port}: plain HTTP\nAgents at 0.0.0.0:${agentPort}: its own key\nAgents know the key ${pin}\n`,
  );
  appendFileSync(join(dataDir, "poswatch.env"), "AGENT_HOST=127.0.0.1\n");
  const running = startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir } });
  await untilMet(agentPort);
  const opened = tls("own", `https://127.0.0.1:${agentPort}`, "--pages");
  t.equal(await opened.ended, 0, "the port is its own");
  t.match(opened.output(), `Agents at 127.0.0.1:${agentPort}: its own key`);
  await running.end();
  startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir } });
  t.equal((await untilMet(port)).pin, pin, "the pages show it too");
  t.equal((await untilMet(agentPort)).pin, pin);
  const unknown = tls("magic");
  t.equal(await unknown.ended, 1);
  t.match(unknown.output(), /^Says who encrypts/);
  for (const [address, problem] of [
    ["poswatch.example", /^poswatch\.example is no ADDRESS: /],
    ["https://poswatch.example/a", /^ADDRESS has no path where Poswatch encrypts/],
  ] as const) {
    const refusedAddress = tls("own", address);
    t.equal(await refusedAddress.ended, 1);
    t.match(refusedAddress.output(), problem);
  }
});

t.test("a certificate of one's own is that of pages and agents, and read anew when it changes", async (t) => {
  const { dataDir, agentPort, setUp } = await startFirst(t);
  const [first, second] = [await makeCertificate(), await makeCertificate()];
  const files = { certificateFile: join(dataDir, "c.pem"), keyFile: join(dataDir, "k.pem") };
  const missing = await setUp({ tls: "files", ...files });
  t.match(await missing.text(), /id="problem-certificateFile">Poswatch не может прочитать этот файл/);
  writeFileSync(files.certificateFile, first.cert);
  writeFileSync(files.keyFile, second.key);
  const other = await setUp({ tls: "files", ...files });
  t.match(await other.text(), /id="problem-certificateFile">Это не сертификат/);
  writeFileSync(files.keyFile, first.key);
  const answer = await setUp({ tls: "files", ...files });
  t.match(await answer.text(), `data-url="https://127.0.0.1:${agentPort}/pos-servers"`);
  t.match(answer.headers.get("content-security-policy"), `connect-src https://127.0.0.1:${agentPort} `);
  const { pin } = await untilMet(agentPort);

  writeFileSync(files.keyFile, second.key);
  writeFileSync(files.certificateFile, second.cert);
  await waitFor(async () => (await meet(agentPort))?.pin !== pin);
});

t.test("a proxy is believed, and the page leads on; what the owner has set is shown", async (t) => {
  const { url, dataDir, settings, monitor } = await startFirst(t);
  const page = await openPage(t, await launchBrowser(), DESKTOP);
  await page.goto(`${url}/setup`);
  const token = readFileSync(join(dataDir, "setup-token"), "utf8").trim();
  for (const [name, value] of Object.entries({ ...FORM, token, publicAddress: "https://poswatch.example/a" }))
    await page.locator(`[name="${name}"]`).fill(value);
  await page.locator('[name="tls"][value="proxy"]').check();
  await page.locator(".button-primary").click();
  await page.locator("[data-waits]").waitFor();
  await page.waitForURL(`${url}/first-start`);
  t.match(settings(), /^PORT=\d+\nTRUST_PROXY='127\.0\.0\.1'\n$/);
  await monitor.end();
  const env = { DATA_DIR: makeFolder(t), PORT: String(await findFreePort()), TRUST_PROXY: "127.0.0.1" };
  const configured = startPoswatch(t, ["serve"], { env });
  await waitFor(() => configured.output().includes("listening at"));
  const decided = await (await fetch(`http://127.0.0.1:${env.PORT}/setup`)).text();
  t.match(decided, 'name="publicAddress"');
  t.notMatch(decided, 'name="tls"');
  t.match(decided, `Страницы: 127.0.0.1:${env.PORT}, сам Poswatch не шифрует`);
  t.match(decided, "Прокси, которым Poswatch верит: 127.0.0.1");
});
