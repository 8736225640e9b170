import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import t, { type Test } from "tap";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { listen } from "../helpers/listen.ts";
import { jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { isFailure, PATIENT_LIMITS, poll } from "../helpers/poll-outcomes.ts";
import { exampleReport, posServerAt } from "../helpers/pos-server.ts";

const limits = { connectTimeoutMs: 1_000 };

t.test("a closed port is connect_refused", async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  server.close();
  const outcome = await poll(t, posServerAt(`http://127.0.0.1:${port}`));
  isFailure(t, outcome, "connect_refused", new RegExp(`^connect ECONNREFUSED 127.0.0.1:${port}$`));
});

t.test("a connection that is reset before an answer is connect_refused", async (t) => {
  const { address, received } = await listenRaw(t, (socket) => socket.resetAndDestroy());
  isFailure(t, await poll(t, posServerAt(address)), "connect_refused", /^closed before an answer/);
  t.equal(received.length, 1, "asked once, since the connection was new");
});

t.test("a name that does not exist, or that no name server tells, is dns", async (t) => {
  isFailure(t, await poll(t, posServerAt("http://pos.invalid:8443")), "dns", /pos\.invalid/);
  const lookupName = () => new Promise<never>(() => {});
  const outcome = await poll(t, posServerAt("http://pos.example"), { limits, lookupName });
  isFailure(t, outcome, "dns", /^name lookup took longer than 1000 ms$/);
});

t.test("an address that swallows connections is connect_timeout", async (t) => {
  const port = await listenWithoutAccepting(t);
  // The kernel queues the first few connections by itself; those that find the queue full get no answer.
  const impatient = { ...PATIENT_LIMITS, ...limits, headersTimeoutMs: 1_000 };
  const client = createPosClient({ limits: impatient, keepConnections: false });
  t.teardown(() => client.close());
  const polls = Array.from({ length: 8 }, () => client.fetchStatus(posServerAt(`http://127.0.0.1:${port}`)));
  const [last] = (await Promise.all(polls)).slice(-1);
  t.match(last, { failure: { code: "connect_timeout", detail: /^connection took longer than 1000 ms$/ } });
});

t.test("a TLS handshake that never ends is connect_timeout", async (t) => {
  const { port } = await listenRaw(t, () => undefined);
  const posServer = posServerAt(`https://127.0.0.1:${port}`, { fingerprint: "sha256:00" });
  const outcome = await poll(t, posServer, { limits });
  isFailure(t, outcome, "connect_timeout", /^TLS handshake took longer than 1000 ms$/);
});

t.test("what is no address, or may not be called, is not connected to", async (t) => {
  for (const address of [null, "", "ftp://127.0.0.1/", "127.0.0.1:80", "http://"]) {
    const outcome = await poll(t, { ...posServerAt("http://127.0.0.1"), address });
    isFailure(t, outcome, "connect_refused", /^no http or https address$/);
  }
  for (const host of ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]"]) {
    const outcome = await poll(t, posServerAt(`http://${host}:8443`));
    isFailure(t, outcome, "connect_refused", /^address .+ is not allowed$/);
  }
  const lookupName = async () => [{ address: "169.254.169.254", family: 4 }];
  const outcome = await poll(t, posServerAt("http://pos.example"), { lookupName });
  isFailure(t, outcome, "connect_refused", /^address 169\.254\.169\.254 is not allowed$/);
});

t.test("of several addresses the allowed ones are tried; the first refusal is named", async (t) => {
  const { port } = await listenRaw(t, (socket) => socket.end(jsonAnswer(exampleReport())));
  const lookupName = async () => [
    { address: "169.254.169.254", family: 4 },
    { address: "::1", family: 6 },
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];
  t.match(await poll(t, posServerAt(`http://pos.example:${port}`), { lookupName }), { ok: true });
  const noneAnswers = async () => (await lookupName()).slice(2);
  const outcome = await poll(t, posServerAt("http://pos.example:1"), { lookupName: noneAnswers });
  isFailure(t, outcome, "connect_refused", /^connect ECONNREFUSED 127\.0\.0\.2:1$/);
});

/** A listener in a process that is blocked, so that nothing accepts its connections. */
async function listenWithoutAccepting(t: Test): Promise<number> {
  const program = `
    const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("node:fs").writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ["--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  const [port] = await once(child.stdout, "data");
  return Number(port);
}
