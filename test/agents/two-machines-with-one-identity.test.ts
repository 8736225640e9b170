import { cp, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { identityFile, loadIdentity } from "../../src/agent/machine/identity.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { createTwoMachines } from "../../src/monitor/pos-client/dial-out/two-machines.ts";
import { commandClient } from "../helpers/commands.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { hrefOf, textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A monitor and an agent that dials out to it, whose disk can be copied. */
async function start(t: Test) {
  const client = commandClient(t);
  const monitor = await startLiveMonitor(t, { client });
  const agent = await makeDiallingAgent(t, monitor, { monitor: monitor.url });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const { db } = monitor.app.database;
  return {
    ...{ client, monitor, agent, admin, db },
    url: `/pos-servers/${agent.id}`,
    isConnected: () => client.agents.find(agent.id) !== null,
    poll: () => monitor.app.pollNow(agent.id),
    status: () =>
      db.selectFrom("pos_status").selectAll().where("pos_server_id", "=", agent.id).executeTakeFirstOrThrow(),
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
  const reset = { crmId: "100237", startService: "1", agent: String((await status()).agent_machine) };

  const copy = await copyDisk();
  const copied = await copy.start();
  await waitFor(() => client.agents.rivalsOf(agent.id) !== null);
  for (const { machine } of client.agents.rivalsOf(agent.id) ?? [])
    t.equal(machine, (await status()).agent_machine);
  await waitFor(async () => {
    const outcome = await poll();
    return !outcome.ok && outcome.failure.code === "two_machines";
  });
  t.match(await status(), { state: "unreachable", failure_code: "two_machines" });
  await keepIncidents(db, monitor.clock());
  for (const path of [url, "/pos-servers?list=1", "/incidents", "/incidents/2"])
    t.ok(textOf((await admin.get(path)).body).includes(BOTH), path);

  t.equal((await admin.post(`${url}/service-starts`, {})).statusCode, 303);
  await app.serviceStarts.tick();
  await app.serviceStarts.idle();
  t.match(await db.selectFrom("service_start").selectAll().execute(), [
    { started_at: null, finished_at: null, waits_since: Number },
  ]);
  const refused = await admin.post(`${url}/database-resets`, reset);
  t.equal(refused.statusCode, 422);
  t.ok(textOf(refused.body).includes(BOTH));

  const colleague = await signedIn(monitor, { organizations: "all" });
  const ofColleague = (await colleague.get(url)).body;
  t.ok(textOf(ofColleague).includes("Выберите, какой из двух компьютеров оставить"));
  t.notMatch(ofColleague, /machines\/new/);
  const page = (await admin.get(url)).body;
  t.equal(hrefOf(page, /machines\/new/), `${url}/machines/new`);
  const dialog = (await admin.get(`${url}/machines/new`)).body;
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
  t.match(
    await db.selectFrom("audit_event").select("action").where("action", "=", "machine_keep").execute(),
    [{}],
  );
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

t.test("a machine whose agent names no process is another one, too", async (t) => {
  const machines = createTwoMachines(() => 0);
  const dial = (instance: string) =>
    machines.note(1, { instance, machine: instance, host: "KASSA", address: "10.0.0.5" });
  for (const instance of ["a", "", "a"]) dial(instance);
  t.match(machines.rivalsOf(1), [{ instance: "" }, { instance: "a" }]);
});
