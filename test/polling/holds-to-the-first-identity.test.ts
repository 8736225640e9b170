import t from "tap";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

const FIRST = "0f0e4a52-7d11-4f0b-9d3c-5a3b6c1e2f01";
const ANOTHER = "9c1d2b7e-1a58-4c1f-8f0a-2b7d5e4f3a02";

function answerOf(identity: string, now: number): StatusOutcome {
  return { ok: true, report: { ...reportAt(now), posServerId: identity }, receivedAt: now };
}

async function identities({ app }: TestMonitor) {
  const rows = await app.database.db.selectFrom("posServer").select("identity").orderBy("id").execute();
  return rows.map(({ identity }) => identity);
}

t.test("who answers first at an address is the one that is believed there", async (t) => {
  let identity = FIRST;
  const monitor = await startPoller(t, () => answerOf(identity, monitor.clock()));
  const id = await monitor.addPosServer({ pollIntervalMs: 5_000 });
  t.same(await identities(monitor), [null]);
  await monitor.run(6);
  t.same(await identities(monitor), [FIRST]);
  t.match(await monitor.status(id), { state: "synced", failedPolls: 0 });

  identity = ANOTHER;
  await monitor.run(6);
  const wrong = { code: "wrong_pos_server", detail: `posServerId ${ANOTHER}` };
  const { code: failureCode, detail: failureDetail } = wrong;
  t.match(await monitor.status(id), { state: "unreachable", failureCode, failureDetail });
  t.match(await monitor.app.pollNow(id), { ok: false, failure: wrong });
  t.same(await identities(monitor), [FIRST]);

  identity = FIRST.toUpperCase();
  await monitor.run(6);
  t.match(await monitor.status(id), { state: "synced" }, "letter case is no difference");
});

t.test("one identity is not held by two POS servers; both are shown as they report", async (t) => {
  const monitor = await startPoller(t, () => answerOf(FIRST, monitor.clock()));
  const first = await monitor.addPosServer({ identity: FIRST });
  const second = await monitor.addPosServer();
  await monitor.run(61);
  t.same(await identities(monitor), [FIRST, null]);
  for (const id of [first, second]) t.match(await monitor.status(id), { state: "synced" });
});

t.test("of two first answers at once, also in one batch, the first counts", async (t) => {
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const [one, other] = [await monitor.addPosServer(), await monitor.addPosServer()];
  const results = [
    { posServerId: one, outcome: answerOf(FIRST, clock()) },
    { posServerId: one, outcome: answerOf(ANOTHER, clock()) },
    { posServerId: other, outcome: answerOf(FIRST, clock()) },
    { posServerId: 999, outcome: answerOf(FIRST, clock()) },
  ];
  const { outcomes } = await savePollResults(app.database.db, results, await app.fleet.stateRules());
  t.match(outcomes, [{ ok: true }, { failure: { code: "wrong_pos_server" } }, { ok: true }, { ok: true }]);
  t.same(await identities(monitor), [FIRST, null]);
});

t.test("«Проверить связь» beside the first poll changes nothing for whoever polls", async (t) => {
  const answer = Promise.withResolvers<StatusOutcome>();
  const outcomes = [answer.promise];
  const monitor = await startPoller(t, () => outcomes.shift() ?? answerOf(FIRST, monitor.clock()));
  const id = await monitor.addPosServer({ pollIntervalMs: 60_000 });
  await monitor.tick();
  t.match(await monitor.app.pollNow(id), { ok: true });
  t.same(await identities(monitor), [FIRST]);
  await monitor.addPosServer({ pollIntervalMs: 3_600_000 });
  monitor.clock.advance(1_000);
  await monitor.tick();
  t.same(monitor.client.forgotten, [], "its connection is kept");
  answer.resolve(answerOf(ANOTHER, monitor.clock()));
  await monitor.app.poller.idle();
  t.match(
    await monitor.status(id),
    { failedPolls: 1, failureCode: "wrong_pos_server" },
    "what was asked before is saved, and judged by who is known now",
  );
});

t.test("the next one that answers is held to after an administrator has accepted it", async (t) => {
  let identity = FIRST;
  const monitor = await startPoller(t, () => answerOf(identity, monitor.clock()));
  const id = await monitor.addPosServer({ pollIntervalMs: 3_600_000 });
  await monitor.run(1);
  identity = ANOTHER;
  const admin = await signedIn(monitor, { isAdministrator: true });
  const { address } = monitor.client.calls[0] ?? {};
  await admin.post(`/pos-servers/${id}`, { name: "Мира, 5", address: String(address), acceptIdentity: "1" });
  await monitor.run(2);
  t.same(await identities(monitor), [ANOTHER], "polled at once");
  t.match(await monitor.status(id), { state: "synced" });
});

t.test("a parked POS server that is asked by hand is not held to its answer", async (t) => {
  const client = createScriptedClient(() => answerOf(FIRST, 0));
  const monitor = await startMonitor(t, { client });
  const id = await monitor.addPosServer({ isParked: true });
  t.match(await monitor.app.pollNow(id), { ok: true });
  t.same(await identities(monitor), [null]);
});

t.test("whose CrmId is another organization's stays so until it tells another one", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  const wrong = { code: "wrong_crm_id", detail: "crmId 999" } as const;
  await monitor.save(id, { ok: false, failure: wrong, receivedAt: monitor.clock() });
  const poll = async (crmId: string | null) => {
    const report = { ...reportAt(monitor.clock()), crmId };
    await monitor.save(id, { ok: true, report, receivedAt: monitor.clock() });
    return await monitor.db.selectFrom("posStatus").select(["state", "failureDetail"]).executeTakeFirst();
  };
  t.match(await poll(null), { state: "unreachable", failureDetail: "crmId 999" });
  t.match(await poll("100237"), { state: "synced", failureDetail: null });
  t.match(await poll(null), { state: "synced" }, "what is not told is no other one");
});
