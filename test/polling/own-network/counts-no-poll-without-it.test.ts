import t, { type Test } from "tap";
import { keepIncidents } from "../../../src/monitor/fleet/incidents/keep-incidents.ts";
import { listRunsSince } from "../../../src/monitor/history/known-history.ts";
import { jobsOf } from "../../../src/monitor/jobs.ts";
import { beginMonitorRun } from "../../../src/monitor/polling/monitor-run.ts";
import type { FailureCode } from "../../../src/monitor/pos-client/calls/failure.ts";
import { MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor } from "../../helpers/app.ts";
import { failed, received } from "../../helpers/outcomes.ts";
import { getText, textOf } from "../../helpers/page.ts";
import { addRow } from "../../helpers/rows.ts";
import { createScriptedClient } from "../../helpers/scripted-client.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { addWallToken } from "../../helpers/wall.ts";

interface Network {
  isThere: boolean;
  /** How often witnesses were asked. */
  asked: number;
  failure: FailureCode | null;
}

/** A chain that fails with its network, and two witnesses. */
async function startWithWitnesses(t: Test, witnesses = "gateway.test:443, provider.test:80") {
  const network: Network = { isThere: true, asked: 0, failure: null };
  const client = createScriptedClient(() =>
    network.failure === null ? received(monitor.clock()) : failed(monitor.clock(), network.failure, "no way"),
  );
  const monitor = await startMonitor(t, {
    client,
    reachWitness: async ({ host }) => {
      network.asked++;
      return network.isThere && host === "provider.test";
    },
  });
  const { app, clock } = monitor;
  const { db } = app.database;
  if (witnesses !== "") await addRow(db, "setting", { key: "witnesses", value: JSON.stringify(witnesses) });
  return {
    ...monitor,
    network,
    async run(minutes: number) {
      for (let second = 0; second < minutes * 60; second += 5) {
        clock.advance(5_000);
        await app.poller.tick();
        await app.poller.idle();
        await app.ownNetwork.tick();
        await keepIncidents(db, clock());
      }
    },
    states: async () =>
      (await db.selectFrom("posStatus").select("state").orderBy("posServerId").execute()).map(
        ({ state }) => state,
      ),
    outages: () => db.selectFrom("networkOutage").select(["beganAt", "endedAt"]).execute(),
    incidents: () =>
      db.selectFrom("incident").select(["kind", "failing"]).where("closedAt", "is", null).execute(),
  };
}

t.test("while no witness answers nothing that fails counts, and the page says why", async (t) => {
  const monitor = await startWithWitnesses(t);
  const { network, run, states, outages, incidents, clock } = monitor;
  for (let count = 0; count < 6; count++) await monitor.addPosServer();
  await run(2);
  t.equal(network.asked, 0, "nobody is asked while nothing fails");
  Object.assign(network, { isThere: false, failure: "connect_timeout" });
  await run(10);
  t.same(await states(), Array(6).fill("synced"));
  t.same(await incidents(), []);
  t.match(await outages(), [{ endedAt: null }]);
  const [outage] = await outages();
  t.ok(network.asked <= 2 * 13 * 12, "not for each poll");
  const text = await getText(monitor.app, "/pos-servers");
  t.match(
    text,
    /Нет сети у самого Poswatch с 13:0\d: опросить POS-серверы нельзя, состояния показаны на это время\./,
  );
  for (const url of ["/incidents", "/pos-servers/1"])
    t.match(await getText(monitor.app, url), "Нет сети у самого Poswatch с 13:0", url);
  const { url } = await addWallToken(monitor);
  t.match(textOf((await monitor.app.inject(url)).body), "Нет сети у самого Poswatch");

  const asked = await monitor.app.pollNow(1);
  t.match(asked, { ok: false, failure: { code: "connect_timeout" } }, "who asks is told what was found");
  t.same(await states(), Array(6).fill("synced"));

  network.isThere = true;
  await run(3);
  await beginMonitorRun(monitor.db, clock() - 20 * MINUTE_MS, clock());
  t.match(await outages(), [{ beganAt: outage?.beganAt, endedAt: Number }]);
  t.same(await states(), Array(6).fill("unreachable"), "now it is theirs");
  t.match(await incidents(), [{ kind: "common", failing: 6 }]);
  t.notMatch(await getText(monitor.app, "/pos-servers"), "Нет сети у самого");
  const [before, after] = await listRunsSince(monitor.db, clock() - 20 * MINUTE_MS, clock());
  t.equal(before?.to, outage?.beganAt, "meanwhile there is no data");
  t.equal(after?.from, (await outages())[0]?.endedAt);
});

t.test("what an answer tells counts, and without witnesses everything", async (t) => {
  for (const [failure, witnesses] of [
    ["unauthorized", undefined],
    ["connect_timeout", ""],
  ] as const) {
    const monitor = await startWithWitnesses(t, witnesses);
    await monitor.addPosServer();
    await monitor.run(2);
    Object.assign(monitor.network, { isThere: false, failure });
    await monitor.run(3);
    t.same(await monitor.states(), ["unreachable"]);
    t.equal(monitor.network.asked, 0);
  }
});

t.test("agents that dial out have three minutes to come back after it", async (t) => {
  const monitor = await startWithWitnesses(t);
  const { network } = monitor;
  await monitor.addPosServer();
  await monitor.run(2);
  Object.assign(network, { isThere: false, failure: "not_connected" });
  await monitor.run(6);
  network.isThere = true;
  await monitor.run(2.5);
  t.same(await monitor.states(), ["synced"]);
  await monitor.run(3);
  t.same(await monitor.states(), ["unreachable"]);
});

t.test("removing the witnesses ends an outage", async (t) => {
  const monitor = await startWithWitnesses(t);
  await monitor.addPosServer();
  await monitor.run(2);
  Object.assign(monitor.network, { isThere: false, failure: "connect_timeout" });
  await monitor.run(2);
  t.match(await monitor.outages(), [{ endedAt: null }]);
  await monitor.db.deleteFrom("setting").execute();
  await monitor.run(0.5);
  t.match(await monitor.outages(), [{ endedAt: Number }]);
});

t.test("an outage that a killed monitor left ends with its next start", async (t) => {
  const monitor = await startWithWitnesses(t);
  await addRow(monitor.db, "networkOutage", { beganAt: monitor.clock() - MINUTE_MS });
  await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  await waitFor(async () => (await monitor.outages())[0]?.endedAt === monitor.clock());
  t.ok(jobsOf(monitor.app).some(({ name }) => name === "own network"));
});
