import type { Socket } from "node:net";
import t, { type Test } from "tap";
import { PosClientClosedError } from "../../src/monitor/pos-client/calls/call-error.ts";
import { createPosClient, type PosClientOptions } from "../../src/monitor/pos-client/client.ts";
import { httpAnswer, jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { exampleReport, posServerAt, TOKEN } from "../helpers/pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

const HALF_HEAD = "HTTP/1.1 200 OK\r\nContent-Le";
const healthyAnswer = jsonAnswer(exampleReport());

function clientFor(t: Test, options: PosClientOptions) {
  const client = createPosClient(options);
  t.teardown(() => client.close());
  return client;
}

t.test("sends the token and a path below the base URL, and nothing is compressed", async (t) => {
  const { address, received } = await listenRaw(t, (socket) => socket.write(healthyAnswer));
  const client = clientFor(t, { now: () => 1_234 });
  const report = { crmId: "100237", service: { state: "running" } };
  const outcome = await client.fetchStatus(posServerAt(`${address}/north/7/`));
  t.match(outcome, { ok: true, receivedAt: 1_234, report });
  t.match(received[0], /^GET \/north\/7\/v1\/status HTTP\/1\.1\r\n/);
  t.match(received[0], new RegExp(`authorization: Bearer ${TOKEN}\r\n`));
  t.match(received[0], /accept-encoding: identity\r\n/);
  t.match(await client.fetchStatus(posServerAt(address, { id: 2, token: null })), { ok: true });
  t.notMatch(received[1], /authorization/i, "none without a token");
});

t.test("accepts the identity it was paired with in any letter case, and any when not paired", async (t) => {
  const answer = jsonAnswer(exampleReport({ posServerId: "AB-CD", crmId: null }));
  const { address } = await listenRaw(t, (socket) => socket.end(answer));
  const client = clientFor(t, {});
  t.match(await client.fetchStatus(posServerAt(address, { posServerId: "ab-cd" })), { ok: true });
  t.match(await client.fetchStatus(posServerAt(address, { posServerId: null })), { ok: true });
});

t.test("keeps the connections of a small fleet, and opens one for each poll of a large one", async (t) => {
  const sockets = new Set<Socket>();
  const { address, received } = await listenRaw(t, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.write(healthyAnswer);
  });
  const client = clientFor(t, { openFilesLimit: 100 });
  client.setFleetSize(50);
  const pollTwice = async () => {
    for (let poll = 0; poll < 2; poll += 1)
      t.match(await client.fetchStatus(posServerAt(address)), { ok: true });
  };
  await pollTwice();
  t.equal(sockets.size, 1);
  client.setFleetSize(51);
  await waitFor(() => sockets.size === 0);
  await pollTwice();
  t.equal(received.length, 3);
  t.match(received[1], /connection: close/);
  await waitFor(() => sockets.size === 0);
});

/** What comes instead of an answer to the calls from the second on; nothing: the connection is reset. */
const CLOSED_MEANWHILE: [what: string, broken: string[], outcome: object, calls: number][] = [
  ["closed is asked again", [""], { ok: true }, 3],
  ["closed is asked no third time", ["", ""], { failure: { code: "connect_refused" } }, 3],
  ["ended amid an answer is not asked again", [HALF_HEAD], { failure: { code: "invalid_json" } }, 2],
];

for (const [what, broken, outcome, expected] of CLOSED_MEANWHILE) {
  t.test(`whose kept connection turns out ${what}`, async (t) => {
    let calls = 0;
    const { address, received } = await listenRaw(t, (socket) => {
      const begun = broken[++calls - 2];
      if (begun === undefined) socket.write(healthyAnswer);
      else if (begun === "") socket.resetAndDestroy();
      else socket.end(begun);
    });
    const client = clientFor(t, { keepConnections: true });
    t.match(await client.fetchStatus(posServerAt(address)), { ok: true });
    t.match(await client.fetchStatus(posServerAt(address)), outcome);
    t.equal(calls, expected);
    t.equal(received.length, calls - 1, "asked again, it was over a new connection");
  });
}

t.test("does not keep the connection of a failed poll", async (t) => {
  const refusal = httpAnswer("503 Unavailable", "no");
  const { address, received } = await listenRaw(t, (socket) => socket.write(refusal));
  const client = clientFor(t, { keepConnections: true });
  for (let poll = 0; poll < 2; poll += 1) await client.fetchStatus(posServerAt(address));
  t.equal(received.length, 2);
});

t.test("forgetting closes the kept connection, but not a poll under way", async (t) => {
  const sockets: Socket[] = [];
  const { address } = await listenRaw(t, (socket) => void sockets.push(socket));
  const client = clientFor(t, { keepConnections: true });
  const poll = client.fetchStatus(posServerAt(address));
  await waitFor(() => sockets.length === 1);
  client.forget({ id: 1, connection: "direct" });
  sockets[0]?.write(healthyAnswer);
  t.match(await poll, { ok: true });
  await waitFor(() => sockets[0]?.destroyed === true);
});

for (const keepConnections of [true, false]) {
  t.test(`closing ends polls under way (connections ${keepConnections ? "kept" : "not kept"})`, async (t) => {
    const sockets: Socket[] = [];
    const { address } = await listenRaw(t, (socket) => void sockets.push(socket));
    const client = createPosClient({ keepConnections, lookupName: () => new Promise(() => {}) });
    const answering = client.fetchStatus(posServerAt(address));
    const connecting = client.fetchStatus(posServerAt("http://pos.example", { id: 2 }));
    await waitFor(() => sockets.length === 1);
    const settled = Promise.allSettled([answering, connecting]);
    await client.close();
    for (const result of await settled) {
      t.equal(result.status === "rejected" && result.reason instanceof PosClientClosedError, true);
    }
    await t.rejects(client.fetchStatus(posServerAt(address)), PosClientClosedError);
    await waitFor(() => sockets[0]?.destroyed === true);
  });
}

t.test("a failed call over a kept connection takes no other call with it", async (t) => {
  let answers = 0;
  const { address } = await listenRaw(t, (socket) => {
    answers += 1;
    socket.write(answers === 2 ? httpAnswer("500 Internal Server Error") : healthyAnswer);
  });
  const client = clientFor(t, { openFilesLimit: 100 });
  client.setFleetSize(50);
  t.match(await client.fetchStatus(posServerAt(address)), { ok: true });
  const both = await Promise.all([1, 2].map(() => client.fetchStatus(posServerAt(address))));
  t.match(both, [{ failure: { code: "http_status" } }, { ok: true }]);
});
