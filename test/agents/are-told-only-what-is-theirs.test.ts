import { randomUUID } from "node:crypto";
import t, { type Test } from "tap";
import { createAnswering } from "../../src/agent/dial-out/answering.ts";
import { reconnectPosServer } from "../../src/monitor/registry/registry.ts";
import { CLOSE_CODES } from "../../src/protocol/dial-out.ts";
import { startMonitor } from "../helpers/app.ts";
import { exampleReport, POS_SERVER_ID, posServerAt, TOKEN } from "../helpers/pos-server.ts";
import { dialInRaw } from "../helpers/raw-agent.ts";
import { waitFor } from "../helpers/wait-for.ts";

const OTHER_ID = "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c3";
const OTHER_TOKEN = "a-token-that-is-told-to-nobody";
const never = new AbortController().signal;

/** A monitor that an agent has dialled in to, and how the registry changes behind its back. */
async function startPaired(t: Test) {
  const monitor = await startMonitor(t);
  const { app } = monitor;
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const id = await monitor.addPosServer({ connection: "dial_out", address: null, identity: POS_SERVER_ID });

  /** An agent that dials in as told: what it was told with each call, and the code with which it is sent away. */
  async function dialIn(identity = POS_SERVER_ID, token = TOKEN) {
    const told: (string | undefined)[] = [];
    const answering = createAnswering((request, response) => {
      told.push(request.headers.authorization);
      response.end(JSON.stringify(exampleReport({ posServerId: identity })));
    });
    const socket = await dialInRaw(t, url, { identity, token });
    return { told, closed: answering.serve(socket, { monitor: url, pin: null }, never) };
  }

  return {
    app,
    dialIn,
    isThere: () => app.posClient.agents.find(id) !== null,
    poll: () => app.pollNow(id),
    /** As if it was paired anew: nobody has told the client of it yet. */
    pairAnew: (changes: { identity?: string; token?: string }) =>
      reconnectPosServer(app.database.db, app.secretBox, id, {
        connection: "dial_out",
        address: null,
        fingerprint: null,
        identity: POS_SERVER_ID,
        token: TOKEN,
        ...changes,
      }),
  };
}

for (const [what, changes] of [
  ["token", { token: OTHER_TOKEN }],
  ["identity", { identity: OTHER_ID }],
  ["token and identity", { identity: OTHER_ID, token: OTHER_TOKEN }],
] as const)
  t.test(`an agent whose POS server got another ${what} is told nothing, and sent away`, async (t) => {
    const monitor = await startPaired(t);
    const before = await monitor.dialIn();
    await waitFor(monitor.isThere);
    t.match(await monitor.poll(), { ok: true });
    // It may be polled as it comes, too.
    t.same(new Set(before.told), new Set([`Bearer ${TOKEN}`]));

    await monitor.pairAnew(changes);
    t.match(await monitor.poll(), { ok: false, failure: { code: "not_connected" } });
    t.equal(await before.closed, CLOSE_CODES.changed, "it may come back");
    t.equal(monitor.isThere(), false);
    t.same(new Set(before.told), new Set([`Bearer ${TOKEN}`]), "nothing more");

    const { identity = POS_SERVER_ID, token = TOKEN }: { identity?: string; token?: string } = changes;
    const now = await monitor.dialIn(identity, token);
    await waitFor(monitor.isThere);
    t.match(await monitor.poll(), { ok: true });
    t.same(new Set(now.told), new Set([`Bearer ${token}`]));
  });

t.test("commands are told the right agent only, too", async (t) => {
  const monitor = await startPaired(t);
  const agent = await monitor.dialIn();
  await waitFor(monitor.isThere);
  const posServer = {
    ...posServerAt("", { token: OTHER_TOKEN }),
    connection: "dial_out" as const,
    address: null,
  };
  const order = { posServerId: POS_SERVER_ID, startService: true };
  const outcome = await monitor.app.posClient.beginDatabaseReset(posServer, randomUUID(), order);
  t.match(outcome, { ok: false, failure: { code: "not_connected" } });
  t.equal(await agent.closed, CLOSE_CODES.changed);
  t.same(agent.told, []);
});
