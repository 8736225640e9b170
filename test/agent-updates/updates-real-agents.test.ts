import t from "tap";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { makeAgentFolder } from "../helpers/agent.ts";
import { startAgentHost } from "../helpers/agent-host.ts";
import { bundleOf, SIGNING_KEY } from "../helpers/agent-updates.ts";
import { startMonitor } from "../helpers/app.ts";
import { REAL_CLOCK } from "../helpers/clock.ts";
import { signedIn } from "../helpers/page.ts";
import { findFreePort } from "../helpers/program.ts";
import { offerUpdate } from "../helpers/updatable-agents.ts";
import { waitFor } from "../helpers/wait-for.ts";

const BROKEN = "process.exit(3);";

t.test("real agents are updated in turn, and a version that does not start stops at the first", async (t) => {
  const monitor = await startMonitor(t, { clock: REAL_CLOCK, client: createPosClient({ now: Date.now }) });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const old = await bundleOf("1.0.0");
  const hosts = [];
  const ids: number[] = [];
  for (const name of ["Тверская, 12", "Арбат, 20", "Мира, 5"]) {
    const folder = await makeAgentFolder(t, { port: await findFreePort() });
    const host = await startAgentHost(t, folder, { versions: { "1.0.0": old } });
    const pairing = parsePairingString(host.agent.pairingString);
    if (!pairing) throw new Error("the agent prints a pairing string");
    const { token, fingerprint } = pairing;
    ids.push(await monitor.addPosServer({ name, address: host.agent.address, token, fingerprint }));
    hosts.push(host);
  }
  const versions = async () => {
    const rows = await monitor.app.database.db.selectFrom("posStatus").selectAll().execute();
    return rows.map(({ agentVersion }) => agentVersion);
  };
  /** A second or so of the monitor. */
  const goOn = async () => {
    await monitor.app.agentUpdates.tick();
    await monitor.app.agentUpdates.idle();
    for (const id of ids) await monitor.app.pollNow(id);
  };

  const haveAll = (wanted: string) => async () => {
    await goOn();
    return (await versions()).every((version) => version === wanted);
  };

  await waitFor(haveAll("1.0.0"));
  await offerUpdate(monitor.dataDir, SIGNING_KEY, "1.1.0", await bundleOf("1.1.0"));
  t.equal((await admin.post("/agents/rollouts", { version: "1.1.0", first: "" })).statusCode, 303);
  await waitFor(haveAll("1.1.0"));
  await goOn();
  for (const host of hosts) {
    t.same(host.ends(), ["1.0.0 75"]);
    await waitFor(() => host.note("confirmed") === "1.1.0");
  }
  t.match(await admin.text("/enrolments"), /Обновлены все, кого можно обновить\./);

  await offerUpdate(monitor.dataDir, SIGNING_KEY, "1.2.0", BROKEN);
  const begun = await admin.post("/agents/rollouts", { version: "1.2.0", first: String(ids[1]) });
  t.equal(begun.statusCode, 303);
  await waitFor(async () => {
    await goOn();
    return /Остановилось/.test(await admin.text("/enrolments"));
  });
  t.match(await admin.text("/enrolments"), /Арбат, 20 .* агент вернулся к прежней/);
  t.same(hosts[1]?.ends(), ["1.0.0 75", "1.1.0 75", "1.2.0 3", "1.2.0 3", "1.2.0 3"]);
  t.same(hosts[0]?.ends(), ["1.0.0 75"], "nobody else was sent it");
  t.same(await versions(), ["1.1.0", "1.1.0", "1.1.0"]);
});
