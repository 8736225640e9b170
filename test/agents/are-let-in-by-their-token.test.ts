import { once } from "node:events";
import type { Socket } from "node:net";
import t, { type Test } from "tap";
import { CONNECT_PATH, SUBPROTOCOL } from "../../src/protocol/dial-out.ts";
import { startMonitor } from "../helpers/app.ts";
import { getPage, hrefOf, signedIn, textOf } from "../helpers/page.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { type Dialling, dial } from "../helpers/raw-agent.ts";
import { waitFor } from "../helpers/wait-for.ts";

const WITHOUT_TOKEN = "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c3";

async function start(t: Test, options: Parameters<typeof startMonitor>[1] = {}) {
  const monitor = await startMonitor(t, options);
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  return { ...monitor, url };
}

t.test("an agent of the registry is let in, everybody else is refused alike and asked to wait", async (t) => {
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

  await monitor.addPosServer({ identity: WITHOUT_TOKEN, token: null });
  const strangers: Dialling[] = [
    { authorization: "Bearer a-token-that-nobody-may-sea" },
    { authorization: "Bearer " },
    { authorization: "" },
    { authorization: TOKEN },
    { id: "" },
    { id: "nobody" },
    { id: WITHOUT_TOKEN, authorization: "Bearer null" },
    { id: WITHOUT_TOKEN, authorization: "Bearer " },
    { id: "x".repeat(4_000) },
  ];
  const bodies = new Set<string>();
  for (const stranger of strangers) {
    const refused = await dial(t, monitor.url, stranger);
    t.match(refused, { status: 401, retryAfter: "60" }, JSON.stringify(stranger));
    bodies.add(refused.body);
  }
  t.equal(bodies.size, 1);
  const other = await dial(t, monitor.url, { subprotocol: "poswatch.99" });
  t.match(other, { status: 400, body: '"error":"unsupported_protocol"' });
});

t.test("the token travels over TLS alone, unless it stays on this machine", async (t) => {
  const monitor = await start(t, { config: { trustProxy: ["127.0.0.1"] } });
  await monitor.addPosServer({ identity: POS_SERVER_ID, connection: "dial_out", address: null });
  const through = (proto: string, address = "10.1.2.3") =>
    dial(t, monitor.url, { headers: { "x-forwarded-for": address, "x-forwarded-proto": proto } });
  t.match(await through("http"), { status: 403 });
  t.equal((await through("https")).status, 101);
  t.equal((await dial(t, monitor.url)).status, 101);
});

t.test("a token alone moves no POS server that is called by its address: its agent waits", async (t) => {
  const monitor = await start(t);
  const { db } = monitor;
  const admin = await signedIn(monitor, { isAdministrator: true });
  const called = { address: "https://10.8.3.1:8443", fingerprint: `sha256:${"ab".repeat(32)}` };
  const id = await monitor.addPosServer({ identity: POS_SERVER_ID, name: "Тверская, 12", ...called });
  const registered = () => db.selectFrom("posServer").selectAll().where("id", "=", id).executeTakeFirst();
  const recorded = () => db.selectFrom("auditEvent").select("action").where("posServerId", "=", id).execute();
  for (let time = 0; time < 2; time++) {
    const { status, retryAfter, body } = await dial(t, monitor.url);
    t.match([status, retryAfter, JSON.parse(body)], [403, "60", { error: "awaited" }]);
  }
  t.equal(monitor.app.posClient.agents.find(id), null);
  t.match(await registered(), { connection: "direct", ...called });
  t.same(await recorded(), [{ action: "enrolment_ask" }], "once");

  const list = await admin.html("/enrolments");
  const waiting =
    /Ждут подтверждения .*Тверская, 12 CrmId \d+ · с адреса 127\.0\.0\.1 · сейчас опрашивается по своему адресу/s;
  t.match(textOf(list), waiting);
  t.match(await admin.text("/pos-servers?list=1"), /1 агент ждёт подтверждения/);
  const form = await admin.html(hrefOf(list, /confirmation\/new/));
  t.match(textOf(form), /опрашивает POS-сервер по адресу https:\/\/10\.8\.3\.1:8443/);
  t.match(form, `<option value="${id}" selected>Тверская, 12`);

  await admin.post("/enrolments/agents/1/refusal", {});
  t.equal((await dial(t, monitor.url)).status, 403);
  t.match(await registered(), { connection: "direct", ...called });
  const refusedOnes = await admin.text("/enrolments");
  t.notMatch(refusedOnes, /Ждут подтверждения/);
  t.match(refusedOnes, /Тверская, 12 отказано/);

  await db.updateTable("enrolment").set({ state: "awaited" }).execute();
  await db.updateTable("posServer").set({ identity: null }).execute();
  t.notMatch(await admin.text("/enrolments"), /Ждут подтверждения/, "what is paired anew is another one");
  t.equal((await admin.get("/enrolments/agents/1/confirmation/new")).statusCode, 404);
  await db.updateTable("posServer").set({ identity: POS_SERVER_ID }).execute();

  const confirm = (form: object) =>
    admin.post("/enrolments/agents/1/confirmation", { organization: "1", name: "", ...form });
  const refused = await confirm({ posServer: "", name: "Новый" });
  t.match(textOf(refused.body), /Этот агент уже подключён к другому POS-серверу/);
  const confirmed = await confirm({ posServer: String(id) });
  t.equal(confirmed.headers.location, `/pos-servers/${id}`);
  t.match(await registered(), { connection: "dial_out", address: null, fingerprint: null });
  t.notMatch((await registered())?.searchText, /10\.8\.3\.1/);
  t.same((await recorded()).at(-1), { action: "pos_server_dial_out" });
  t.equal((await dial(t, monitor.url)).status, 101);
  t.match(await admin.html("/pos-servers?list=1"), /агент подключается сам/);
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
