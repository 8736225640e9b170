import t from "tap";
import { jobsOf } from "../../src/monitor/jobs.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";

const AT_THREE = "2026-11-24T12:00Z";

t.test("who takes care of an incident of many is seen on it, in its row and at each", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const ids = await addExchanging(monitor, 6);
  await breakAll(monitor, ids.slice(0, 5));
  const anna = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  const pyotr = await signedIn(monitor, { name: "Пётр Смирнов", organizations: "all" });
  t.match(await anna.html("/pos-servers"), /data-dialog href="\/incidents\/1\/takings\/new">Занимаюсь/);
  t.match(await anna.text("/incidents/1/takings/new"), "Занимаюсь: 5 POS-серверов не обмениваются");
  t.equal((await anna.post("/incidents/1/takings", { until: AT_THREE, note: "звоню" })).statusCode, 303);

  const card = await pyotr.text("/incidents/1");
  t.match(card, "Кто занимается Анна Иванова занимается до 15:00 · с 13:00 звоню Взять на себя");
  const list = await pyotr.html("/pos-servers");
  t.match(
    list,
    /class="cause[\s\S]*?class="acknowledgement" title="Анна Иванова занимается · до 15:00: звоню"/,
  );
  t.match(list, /data-dialog href="\/incidents\/1\/takings\/new">Взять на себя/);
  t.match(await pyotr.text("/incidents"), /5 POS-серверов .* А Анна ?· до 15:00/);
  t.match(
    await pyotr.text("/pos-servers/1"),
    "Общим инцидентом занимается Анна Иванова, до 15:00. Занимаюсь",
  );

  const held = await pyotr.post("/incidents/1/takings", { until: AT_THREE });
  t.equal(held.statusCode, 409);
  t.match(textOf(held.body), "Этим уже занимаются. Сейчас этим занимается Анна Иванова, до 15:00.");
  await pyotr.post("/incidents/1/takings/end");
  t.match(await db.selectFrom("acknowledgement").selectAll().execute(), [{ incidentId: 1, endedAt: null }]);
  const insteadOf = held.body.match(/name="insteadOf" value="(\d+)"/)?.[1] ?? "";
  t.equal((await pyotr.post("/incidents/1/takings", { until: AT_THREE, insteadOf })).statusCode, 303);

  for (const id of ids) await monitor.report(id);
  t.match(await db.selectFrom("acknowledgement").select(["endedBy"]).orderBy("id").execute(), [
    { endedBy: "taken_over" },
    { endedBy: "incident" },
  ]);
  const over = await anna.post("/incidents/1/takings", { until: AT_THREE });
  t.equal(over.statusCode, 409);
  t.match(textOf(over.body), "Этот инцидент уже закрыт, заниматься больше нечем.");
  t.equal((await anna.get("/incidents/1/takings/new")).headers.location, "/incidents/1", "an old link");
  const events = await recordedEvents(db, "taking_begin", "taking_over", "taking_end");
  t.match(
    events.map(({ action, detail }) => [action, detail?.[0]]),
    [
      ["taking_begin", { key: "takingOfIncident", values: { id: 1 } }],
      ["taking_over", { key: "takingOfIncident", values: { id: 1 } }],
      ["taking_end", { key: "takingOfIncident", values: { id: 1 } }],
    ],
  );
});

t.test("it ends with the right to see any POS server of it", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const [own, other] = [await monitor.addOrganization(), await monitor.addOrganization()];
  await breakAll(monitor, await addExchanging(monitor, 6, [own, other]));
  const manager = await signedIn(monitor, { organizations: [own] });
  await manager.post("/incidents/1/takings", { until: AT_THREE });
  const runJob = () =>
    jobsOf(monitor.app)
      .find(({ name }) => name === "acknowledgements")
      ?.run();
  await runJob();
  t.match(await db.selectFrom("acknowledgement").select("endedBy").execute(), [{ endedBy: null }]);
  await db.deleteFrom("userOrganization").execute();
  await runJob();
  t.match(await db.selectFrom("acknowledgement").select("endedBy").execute(), [{ endedBy: "right" }]);
});

t.test("what is over cannot be taken, though its POS server can", async (t) => {
  const monitor = await startMonitor(t);
  const [id = 0] = await addExchanging(monitor, 1);
  await monitor.report(id, { error: "беда", syncedAgoMs: 0 });
  await monitor.report(id);
  const anna = await signedIn(monitor, { organizations: "all" });
  const refused = await anna.post("/incidents/1/takings", { until: AT_THREE });
  t.equal(refused.statusCode, 409);
  t.match(textOf(refused.body), "Этот инцидент уже закрыт");
  t.equal((await anna.post(`/pos-servers/${id}/takings`, { until: AT_THREE })).statusCode, 303);
  t.notMatch(await anna.text("/incidents/1"), "Вы занимаетесь");
});
