import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import t, { type Test } from "tap";
import { WebSocket } from "ws";
import { CONNECT_PATH, SUBPROTOCOL } from "../../src/protocol/dial-out.ts";
import { startMonitor } from "../helpers/app.ts";
import { getPage, textOf } from "../helpers/page.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

interface Dialling {
  id?: string;
  authorization?: string;
  subprotocol?: string;
  path?: string;
  headers?: Record<string, string>;
}

async function start(t: Test, options: Parameters<typeof startMonitor>[1] = {}) {
  const monitor = await startMonitor(t, options);
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  return { ...monitor, url };
}

/** Dials in as an agent does. @returns the socket when it is open, or how it was refused. */
async function dial(t: Test, url: string, dialling: Dialling = {}) {
  const { id = POS_SERVER_ID, authorization = `Bearer ${TOKEN}`, path = CONNECT_PATH, headers } = dialling;
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, dialling.subprotocol ?? SUBPROTOCOL, {
    headers: { authorization, "x-pos-server-id": id, ...headers },
  });
  t.teardown(() => socket.terminate());
  socket.on("error", () => undefined);
  const opened = once(socket, "open").then(() => ({ status: 101, retryAfter: undefined, body: "", socket }));
  opened.catch(() => undefined);
  const refused = new Promise<IncomingMessage>((resolve) =>
    socket.once("unexpected-response", (_request, answer) => resolve(answer)),
  ).then(async (answer) => {
    const body = (await answer.toArray()).join("");
    return { status: answer.statusCode ?? 0, retryAfter: answer.headers["retry-after"], body, socket };
  });
  return await Promise.race([opened, refused]);
}

t.test("an agent of the registry is let in, whatever the case of its id", async (t) => {
  const monitor = await start(t);
  const id = await monitor.addPosServer({ identity: POS_SERVER_ID, connection: "dial_out", address: null });
  const { status, socket } = await dial(t, monitor.url, { id: POS_SERVER_ID.toUpperCase() });
  t.equal(status, 101);
  t.equal(socket.protocol, SUBPROTOCOL);
  await waitFor(() => monitor.app.posClient.agents.find(id) !== null);
  t.match((await getPage(monitor.app, `/pos-servers/${id}`)).body, /на связи с .*с адреса 127\.0\.0\.1/s);

  socket.close();
  await waitFor(() => monitor.app.posClient.agents.find(id) === null);
  t.match((await getPage(monitor.app, `/pos-servers/${id}`)).body, /не на связи/);
});

t.test("everybody else is refused alike, and asked to wait", async (t) => {
  const monitor = await start(t);
  await monitor.addPosServer({ identity: POS_SERVER_ID });
  await monitor.addPosServer({ identity: "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c3", token: null });
  const strangers: Dialling[] = [
    { authorization: "Bearer a-token-that-nobody-may-sea" },
    { authorization: "Bearer " },
    { authorization: "" },
    { authorization: TOKEN },
    { id: "" },
    { id: "nobody" },
    { id: "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c3", authorization: "Bearer null" },
    { id: "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c3", authorization: "Bearer " },
    { id: "x".repeat(4_000) },
  ];
  const bodies = new Set<string>();
  for (const stranger of strangers) {
    const { status, retryAfter, body } = await dial(t, monitor.url, stranger);
    t.equal(status, 401, JSON.stringify(stranger));
    t.equal(retryAfter, "60");
    bodies.add(body);
  }
  t.equal(bodies.size, 1);
  const { status, body } = await dial(t, monitor.url, { subprotocol: "poswatch.99" });
  t.equal(status, 400);
  t.match(JSON.parse(body), { error: "unsupported_protocol" });
});

t.test("the token travels over TLS alone, unless it stays on this machine", async (t) => {
  const monitor = await start(t, { config: { trustProxy: ["127.0.0.1"] } });
  await monitor.addPosServer({ identity: POS_SERVER_ID });
  const through = (proto: string, address = "10.1.2.3") =>
    dial(t, monitor.url, { headers: { "x-forwarded-for": address, "x-forwarded-proto": proto } });
  t.match(await through("http"), { status: 403 });
  t.equal((await through("https")).status, 101);
  t.equal((await dial(t, monitor.url)).status, 101);
});

t.test(
  "a POS server that was called by its address is called over the connection from then on",
  async (t) => {
    const monitor = await start(t);
    const { db } = monitor.app.database;
    const id = await monitor.addPosServer({ identity: POS_SERVER_ID, address: "https://10.8.3.1:8443" });
    t.equal((await dial(t, monitor.url)).status, 101);
    const registered = await db.selectFrom("pos_server").selectAll().where("id", "=", id).executeTakeFirst();
    t.match(registered, { connection: "dial_out", address: null, identity: POS_SERVER_ID });
    t.notMatch(registered?.search_text, /10\.8\.3\.1/);
    t.equal((await dial(t, monitor.url)).status, 101, "once is enough");
    t.match(await db.selectFrom("audit_event").select(["action", "pos_server_id"]).execute(), [
      { action: "pos_server_dial_out", pos_server_id: id },
    ]);
    t.match((await getPage(monitor.app, "/pos-servers")).body, /агент подключается сам/);
  },
);

t.test("two machines with one identity are told on the page, a restarted agent is not", async (t) => {
  const monitor = await start(t);
  const id = await monitor.addPosServer({ identity: POS_SERVER_ID, connection: "dial_out", address: null });
  const page = async () => textOf((await getPage(monitor.app, `/pos-servers/${id}`)).body);
  const come = async (instance: string) => {
    t.equal((await dial(t, monitor.url, { headers: { "x-agent-instance": instance } })).status, 101);
    return await page();
  };
  t.notMatch(await come("first"), /два компьютера/);
  t.notMatch(await come("first"), /два компьютера/, "it has dialled in anew");
  t.notMatch(await come("restarted"), /два компьютера/);
  t.notMatch(await come("restarted again"), /два компьютера/);
  t.match(await come("restarted"), /подключаются два компьютера: сейчас 127\.0\.0\.1, до него 127\.0\.0\.1/);
  monitor.clock.advance(61 * 60_000);
  t.notMatch(await page(), /два компьютера/, "nobody has seen the other one for an hour");
});

t.test("an agent that dials in again and again at once has two connections at most", async (t) => {
  const monitor = await start(t);
  await monitor.addPosServer({ identity: POS_SERVER_ID, connection: "dial_out", address: null });
  const sockets: Socket[] = [];
  monitor.app.server.on("connection", (socket) => sockets.push(socket));
  for (let time = 0; time < 20; time++) {
    const { status, socket } = await dial(t, monitor.url);
    t.equal(status, 101);
    socket.pause(); // it never learns that it is to go
  }
  const open = () => sockets.filter(({ destroyed }) => !destroyed).length;
  // Well before the first of them are given up because they do not go.
  await waitFor(() => open() <= 2, { timeoutMs: 1_000 });
  t.equal(sockets.length, 20);
});

t.test("agents take no places of browsers, and other addresses have no WebSocket", async (t) => {
  const monitor = await start(t, { connectionTerms: { maxConnections: 4, maxByAddress: 3 } });
  const identities = Array.from({ length: 8 }, (_, n) => `5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1d${n}`);
  const ids: number[] = [];
  for (const identity of identities)
    ids.push(await monitor.addPosServer({ identity, connection: "dial_out", address: null }));
  for (const id of identities) t.equal((await dial(t, monitor.url, { id })).status, 101);
  t.ok(ids.every((id) => monitor.app.posClient.agents.find(id) !== null));
  t.equal((await fetch(`${monitor.url}/healthz`)).status, 200);

  t.equal((await fetch(`${monitor.url}${CONNECT_PATH}`)).status, 404);
  const elsewhere = await dial(t, monitor.url, { path: "/healthz" });
  if (elsewhere.status === 101) await once(elsewhere.socket, "close");
  t.equal((await dial(t, monitor.url, { path: "/pos-servers" })).status, 303);
});
