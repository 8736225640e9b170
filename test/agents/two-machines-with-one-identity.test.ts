import { cp, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { identityFile, loadIdentity } from "../../src/agent/machine/identity.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import {
  createTwoMachines,
  isRefused,
  refusalOf,
} from "../../src/monitor/pos-client/dial-out/two-machines.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { commandClient } from "../helpers/commands.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { hrefOf, signedIn, textOf } from "../helpers/page.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A monitor and an agent that dials out to it, whose disk can be copied. */
async function start(t: Test) {
  const client = commandClient(t);
  const monitor = await startLiveMonitor(t, { client });
  const agent = await makeDiallingAgent(t, monitor, { monitor: monitor.url });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const { db } = monitor.app.database;
  return {
    client,
    monitor,
    agent,
    admin,
    db,
    url: `/pos-servers/${agent.id}`,
    isConnected: () => client.agents.find(agent.id) !== null,
    poll: () => monitor.app.pollNow(agent.id),
    status: () =>
      db.selectFrom("posStatus").selectAll().where("posServerId", "=", agent.id).executeTakeFirstOrThrow(),
    /** @returns the state folder of the copy, and what starts its agent. */
    async copyDisk() {
      const { root } = agent.folder;
      const copy = makeFolder(t);
      await cp(root, copy, { recursive: true });
      const file = join(copy, "agent.json");
      await writeFile(file, (await readFile(file, "utf8")).replaceAll(root, copy));
      return {
        stateDirectory: join(copy, "state"),
        async start() {
          const running = await startAgent(await readAgentConfig(file), { logger: false, random: () => 0 });
          t.teardown(() => running.close());
          return running;
        },
      };
    },
  };
}

const MACHINE = `${hostname()} с адреса 127.0.0.1`;
const BOTH = `Два компьютера с одним агентом: ${MACHINE} и ${MACHINE}`;

t.test("two machines with one identity are named, told nothing, and decided of", async (t) => {
  const { client, monitor, agent, admin, db, url, isConnected, poll, status, copyDisk } = await start(t);
  const { app } = monitor;
  const original = await agent.start();
  await waitFor(isConnected);
  t.match(await poll(), { ok: true });
  const reset = { crmId: "100237", startService: "1", agent: String((await status()).agentMachine) };

  const copy = await copyDisk();
  const copied = await copy.start();
  await waitFor(() => client.agents.rivalsOf(agent.id) !== null);
  for (const { machine } of client.agents.rivalsOf(agent.id) ?? [])
    t.equal(machine, (await status()).agentMachine);
  await waitFor(async () => {
    const outcome = await poll();
    return !outcome.ok && outcome.failure.code === "two_machines";
  });
  t.match(await status(), { state: "unreachable", failureCode: "two_machines" });
  await keepIncidents(db, monitor.clock());
  const { max } = db.fn;
  const incident = await db.selectFrom("incident").select(max("id").as("id")).executeTakeFirstOrThrow();
  for (const path of [url, "/pos-servers?list=1", "/incidents", `/incidents/${incident.id}`])
    await waitFor(async () => (await admin.text(path)).includes(BOTH));

  t.equal((await admin.post(`${url}/service-starts`, {})).statusCode, 303);
  await app.serviceStarts.tick();
  await app.serviceStarts.idle();
  const waiting = { startedAt: null, finishedAt: null, waitsSince: Number };
  t.match(await db.selectFrom("serviceStart").selectAll().execute(), [waiting]);
  const refused = await admin.post(`${url}/database-resets`, reset);
  t.equal(refused.statusCode, 422);
  t.ok(textOf(refused.body).includes(BOTH));

  const colleague = await signedIn(monitor, { organizations: "all" });
  const ofColleague = await colleague.html(url);
  t.ok(textOf(ofColleague).includes("Выберите, какой из двух компьютеров оставить"));
  t.notMatch(ofColleague, /machines\/new/);
  t.equal(hrefOf(await admin.html(url), /machines\/new/), `${url}/machines/new`);
  const dialog = await admin.html(`${url}/machines/new`);
  t.equal(dialog.match(/Оставить этот</g)?.length, 2);
  const [, kept = ""] = dialog.match(/name="instance" value="([^"]+)"/) ?? [];
  t.equal(hrefOf(dialog, /enrolments/), `/enrolments/new?organization=1`);
  const stale = await admin.post(`${url}/machines`, { instance: "nobody's" });
  t.equal(stale.headers.location, `${url}/machines/new`);
  t.not(client.agents.rivalsOf(agent.id), null);

  t.equal((await admin.post(`${url}/machines`, { instance: kept })).headers.location, url);
  t.equal(client.agents.rivalsOf(agent.id), null);
  const refusedOne = await Promise.race(
    [original, copied].map(async (running) => await running.updated.then(() => running)),
  );
  await refusedOne.close();
  await waitFor(async () => (await poll()).ok);
  t.equal((await recordedEvents(db, "machine_keep")).length, 1);
  const folder = refusedOne === copied ? copy.stateDirectory : join(agent.folder.root, "state");
  await t.rejects(readFile(identityFile(folder)), { code: "ENOENT" });
  const { posServerId } = await loadIdentity(folder);
  t.not(posServerId, original.posServerId, "it makes an identity of its own");
  t.equal((await admin.get(`${url}/machines/new`)).headers.location, url, "there is nothing to decide");
});

t.test("an agent that is started anew is no second machine", async (t) => {
  const { client, agent, isConnected, poll } = await start(t);
  for (let time = 0; time < 3; time++) {
    const running = await agent.start();
    await waitFor(isConnected);
    t.match(await poll(), { ok: true });
    await running.close();
    await waitFor(() => !isConnected());
  }
  t.equal(client.agents.rivalsOf(agent.id), null);
});

/** What notices two machines, told of processes as `process machine`, a second apart. */
function dialIns() {
  let now = 0;
  const machines = createTwoMachines(() => now);
  return {
    machines,
    dial(...processes: string[]) {
      for (const process of processes) {
        now += 1_000;
        const [instance = "", machine = ""] = process.split(" ");
        machines.note(1, { instance, machine: machine || instance, host: "KASSA", address: "10.0.0.5" });
      }
    },
    instances: () => machines.rivalsOf(1)?.map(({ instance }) => instance) ?? null,
  };
}

t.test("a machine whose agent names no process is another one, too", async (t) => {
  const { dial, instances } = dialIns();
  dial("a", "", "a");
  t.same(instances(), ["", "a"]);
});

t.test("a machine that takes a new name each time is noticed before the other is forgotten", async (t) => {
  const { dial, instances } = dialIns();
  dial("own", ...Array.from({ length: 100 }, (_, at) => `other-${at}`), "own");
  t.same(instances(), ["own", "other-15"]);
});

t.test("a third machine is noticed at once where somebody has decided between two", async (t) => {
  const { machines, dial, instances } = dialIns();
  dial("own here", "other there", "own here");
  t.equal(machines.settle(1, "own"), true);
  dial("own-again here");
  t.equal(instances(), null, "it was started anew");
  dial("third elsewhere");
  t.same(instances(), ["own", "third"]);
  machines.settle(1, null);
  dial("fourth nowhere");
  t.equal(instances(), null, "it was paired anew");
});

t.test("who calls itself as the machine of another one has that one not refused", async (t) => {
  const { machines, dial } = dialIns();
  dial("own here", "here here", "own here");
  const [other, own] = machines.rivalsOf(1) ?? [];
  if (!own || !other) throw new Error("they were not noticed");
  const refusal = refusalOf(other, own);
  t.equal(isRefused(refusal, own), false);
  t.equal(isRefused(refusal, other), true);
});
