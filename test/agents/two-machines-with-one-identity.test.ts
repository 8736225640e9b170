import { once } from "node:events";
import { access, cp, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { identityFile } from "../../src/agent/machine/identity.ts";
import { reconnectPosServer } from "../../src/monitor/registry/registry.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { commandClient } from "../helpers/commands.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { hrefOf, signedIn, textOf } from "../helpers/page.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { dial } from "../helpers/raw-agent.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A monitor with a POS server whose agent dials in. */
async function start(t: Test) {
  const monitor = await startMonitor(t);
  const { app } = monitor;
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const id = await monitor.addPosServer({ identity: POS_SERVER_ID, connection: "dial_out", address: null });
  const isThere = () => app.posClient.agents.find(id) !== null;
  return {
    monitor,
    app,
    id,
    isThere,
    page: `/pos-servers/${id}`,
    /** @param process `instance machine host`. @returns the status of the answer; with 101 it is connected. */
    async dialAs(process: string, token = TOKEN) {
      const [instance = "", machine = "", host = ""] = process.split(" ");
      const headers = {
        "x-agent-instance": instance,
        "x-agent-machine": machine,
        "x-agent-host": Buffer.from(host).toString("base64url"),
      };
      const { status, socket } = await dial(t, url, { headers, authorization: `Bearer ${token}` });
      if (status === 101) await waitFor(isThere);
      return { status, socket };
    },
  };
}

t.test("a newer connection replaces the older one only from the same machine", async (t) => {
  const { app, id, dialAs } = await start(t);
  t.equal((await dialAs("a one")).status, 101);
  const { status, socket } = await dialAs("b one");
  t.equal(status, 101, "started anew");
  t.equal((await dialAs("b one")).status, 101, "after a blink of the network");
  await once(socket, "close");
  t.equal(app.posClient.agents.refusedOf(id), null);

  t.equal((await dialAs("a one")).status, 409, "an instance that was replaced is another machine");
  t.equal((await dialAs("c two")).status, 409);
  t.equal((await dialAs("d ")).status, 409, "so is one that does not name itself");
  t.equal((await dialAs("b three")).status, 101, "the same process stays the same on another network card");
});

t.test("the page names the machine that is refused, while it tries", async (t) => {
  const { monitor, page, dialAs } = await start(t);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const colleague = await signedIn(monitor, { organizations: "all" });
  await dialAs("a one KASSA-1");
  t.notMatch(await admin.text(page), "Ещё один компьютер");
  await dialAs("b two KASSA-2");
  const html = await admin.html(page);
  const shown = textOf(html);
  t.match(shown, /Ещё один компьютер подключается как этот POS-сервер: KASSA-2 с адреса 127\.0\.0\.1\./);
  t.equal(hrefOf(html, /connections\/new/), `${page}/connections/new`);
  t.match(await colleague.text(page), "Ещё один компьютер");
  t.notMatch(await colleague.html(page), "connections/new");

  monitor.clock.advance(3 * MINUTE_MS);
  t.notMatch(await admin.text(page), "Ещё один компьютер", "it has given up");
});

t.test("another machine is let in ten minutes after the first was heard last", async (t) => {
  const { monitor, app, id, isThere, dialAs } = await start(t);
  const { socket } = await dialAs("a one");
  monitor.clock.advance(60 * MINUTE_MS);
  socket.ping();
  await once(socket, "pong");
  socket.close();
  await waitFor(() => !isThere());
  t.equal((await dialAs("b two")).status, 409);
  monitor.clock.advance(10 * MINUTE_MS);
  t.equal((await dialAs("b two")).status, 409);
  monitor.clock.advance(1);
  t.equal((await dialAs("b two")).status, 101);
  t.equal(app.posClient.agents.refusedOf(id), null);
  t.equal((await dialAs("a one")).status, 409, "now it is the other one");
});

t.test("of two that come at once one stays", async (t) => {
  const { dialAs } = await start(t);
  const dialled = await Promise.all([dialAs("a one"), dialAs("b two")]);
  const open = () => dialled.filter(({ socket }) => socket.readyState === socket.OPEN).length;
  await waitFor(() => open() === 1);
  t.equal((await dialAs("c three")).status, 409);
  t.equal(open(), 1);
});

t.test("a monitor that starts anew knows the machine by a report of the last ten minutes", async (t) => {
  const { monitor, id, dialAs } = await start(t);
  await monitor.report(id, { agent: { machine: "one" } });
  monitor.clock.advance(10 * MINUTE_MS);
  t.equal((await dialAs("b two")).status, 409);
  monitor.clock.advance(1);
  t.equal((await dialAs("b two")).status, 101);
});

t.test("a code for this POS server gives its identity to the machine that enters it", async (t) => {
  const { monitor, id, isThere, dialAs } = await start(t);
  const { socket } = await dialAs("a one");
  const code = async (posServerId: number | null) =>
    await addEnrolmentCode(monitor, { organizationId: 1, posServerId });
  const enrol = async (secret: string, machine: string) => {
    const order = enrolmentOrder(secret, { posServerId: POS_SERVER_ID, token: TOKEN, machine });
    return (await askToEnrol(monitor, order)).status;
  };
  t.equal(await enrol(await code(null), "two"), 201);
  t.equal((await dialAs("b two")).status, 409, "any other code says nothing of it");

  const own = await code(id);
  t.equal(await enrol(own, "two"), 201);
  await once(socket, "close");
  t.equal(isThere(), false);
  t.equal((await dialAs("a one")).status, 409);
  t.equal((await dialAs("b two")).status, 101);
  t.equal(await enrol(own, "one"), 201);
  t.equal((await dialAs("a one")).status, 409, "it is used up");
});

t.test("paired anew a POS server has no machine until one comes", async (t) => {
  const { monitor, app, id, dialAs } = await start(t);
  await monitor.report(id, { agent: { machine: "one" } });
  t.equal((await dialAs("a one")).status, 101, "it is known by its report");
  const token = "a-token-of-the-new-identity";
  const identity = POS_SERVER_ID.replace(/^./, "7");
  const connection = { connection: "dial_out", address: null, fingerprint: null, identity, token } as const;
  await reconnectPosServer(app.database.db, app.secretBox, id, connection);
  t.match(await app.pollNow(id), { ok: false, failure: { code: "not_connected" } });
  t.equal((await dialAs("a one")).status, 401, "its identity is gone");
  const headers = { "x-agent-instance": "b", "x-agent-machine": "two" };
  const { port } = app.server.address() as { port: number };
  const authorization = `Bearer ${token}`;
  t.equal((await dial(t, `http://127.0.0.1:${port}`, { id: identity, authorization, headers })).status, 101);
});

t.test("an agent on a copied disk is refused, one that is started anew is not", async (t) => {
  const client = commandClient(t);
  const monitor = await startLiveMonitor(t, { client });
  const agent = await makeDiallingAgent(t, monitor, { monitor: monitor.url });
  const isConnected = () => client.agents.find(agent.id) !== null;
  const before = await agent.start();
  await waitFor(isConnected);
  t.match(await monitor.app.pollNow(agent.id), { ok: true });
  await before.close();
  await waitFor(() => !isConnected());
  const original = await agent.start();
  await waitFor(isConnected);
  t.match(await monitor.app.pollNow(agent.id), { ok: true });
  t.equal(client.agents.refusedOf(agent.id), null);

  const { root } = agent.folder;
  const copy = makeFolder(t);
  await cp(root, copy, { recursive: true });
  const file = join(copy, "agent.json");
  await writeFile(file, (await readFile(file, "utf8")).replaceAll(root, copy));
  const copied = await startAgent(await readAgentConfig(file), { logger: false, random: () => 0 });
  t.teardown(() => copied.close());
  // On one machine both have the same name: the copy replaces the original, which comes back.
  await waitFor(() => client.agents.refusedOf(agent.id) !== null);
  t.match(client.agents.refusedOf(agent.id), { host: hostname(), address: "127.0.0.1" });
  t.match(await monitor.app.pollNow(agent.id), { ok: true }, "the other one is polled");
  await original.close();
  await access(identityFile(join(root, "state")));
});
