import t from "tap";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";
import { queueRequest } from "../helpers/requests.ts";

/** A POS server of «Кафе» that tells the CrmId of «Пекарня». */
async function start(t: Parameters<typeof startPoller>[0]) {
  const monitor = await startPoller(t, ({ crmId }) =>
    crmId === "100300" ? received(monitor.clock()) : failed(monitor.clock(), "wrong_crm_id", "crmId 100300"),
  );
  const from = await monitor.addOrganization("Кафе", "100200");
  const to = await monitor.addOrganization("Пекарня", "100300");
  const id = await monitor.addPosServer({ organizationId: from, name: "Советская, 11" });
  await monitor.fail(id, "wrong_crm_id", "crmId 100300");
  const administrator = await signedIn(monitor, { isAdministrator: true });
  return { monitor, from, to, id, administrator };
}

t.test("a POS server is moved to the organization whose CrmId it tells, and polled there", async (t) => {
  const { monitor, from, to, id, administrator } = await start(t);
  const ofCafe = await signedIn(monitor, { organizations: [from] });
  const ofBakery = await signedIn(monitor, { organizations: [to] });
  const url = `/pos-servers/${id}`;

  t.match(await administrator.html("/pos-servers"), `href="${url}/moves/new">Перенести</a>`);
  const question =
    /Перенести POS-сервер «Советская, 11»\?.*Он перейдёт в организацию Пекарня: её CrmId 100300/;
  t.match(await administrator.text(`${url}/moves/new`), question);
  t.equal((await ofCafe.post(`${url}/takings`, { until: "hour" })).statusCode, 303);
  const secret = await addEnrolmentCode(monitor, { organizationId: from, posServerId: id });
  const history = async () => await monitor.db.selectFrom("stateChange").select("id").orderBy("id").execute();
  const before = await history();
  const answer = await administrator.post(`${url}/moves`, { organization: String(to) });
  t.same([answer.statusCode, answer.headers.location], [303, url]);

  const page = await administrator.text(url);
  t.match(page, /✓ POS-сервер перенесён в организацию Пекарня\. .*✓ Связь есть: отчёт получен/);
  t.notMatch(await administrator.html(url), "перенесён", "once");
  t.match(await monitor.status(id), { state: "synced", organizationId: to });
  t.same((await history()).slice(0, before.length), before);
  const counts = await monitor.db.selectFrom("stateCount").selectAll().where("posServers", ">", 0).execute();
  t.same(counts, [{ organizationId: to, state: "synced", posServers: 1 }]);
  t.match(await administrator.html("/pos-servers?q=100300"), `id="pos-server-${id}"`);
  t.equal((await ofCafe.get(url)).statusCode, 404);
  t.equal((await ofBakery.get(url)).statusCode, 200);
  const held = monitor.db.selectFrom("acknowledgement").select("id").where("endedAt", "is", null);
  t.same(await held.execute(), [], "nobody has it who has no right there");
  const detail = [{ key: "registryChange", values: { field: "crmId", before: "100200", after: "100300" } }];
  const moved = { subject: "Советская, 11", posServerId: id };
  t.match(await recordedEvents(monitor.db, "pos_server_move"), [
    { ...moved, organizationId: from },
    { ...moved, organizationId: to, detail },
  ]);
  const late = await administrator.get(`${url}/moves/new`);
  t.equal(late.headers.location, url, "there is nothing to ask any more");
  const letIn = await askToEnrol(monitor, enrolmentOrder(secret, { crmId: "100300" }));
  t.match(letIn, { status: 201, body: { organization: { name: "Пекарня" } } }, "codes go with it");
});

t.test("what is refused meanwhile says why, and leads those to what helps who may see it", async (t) => {
  const { monitor, from, id, administrator } = await start(t);
  const user = await signedIn(monitor, { organizations: [from] });
  const url = `/pos-servers/${id}`;
  const period = { from: "2026-11-23T13:00", to: "2026-11-24T13:00", maxMegabytes: "100" };
  for (const [path, sent, refusal] of [
    ["database-resets", { crmId: "100200" }, "базу не сбросить"],
    ["log-requests", period, "логи не получить"],
  ] as const) {
    const dialog = await administrator.get(`${url}/${path}/new`);
    const told = `POS-сервер сообщает CrmId 100300 — это Пекарня. Пока он не в той организации, ${refusal}. Закрыть Перенести`;
    t.match(textOf(dialog.body), told);
    t.match(dialog.body, `<a class="button button-primary" href="${url}/moves/new" data-dialog>`);
    t.notMatch(dialog.body, /не отвечает|name="(?:crmId|maxMegabytes)"/);
    const refused = await administrator.post(`${url}/${path}`, sent);
    t.equal(refused.statusCode, 422);
    t.match(textOf(refused.body), told);
    t.equal(refused.body.match(/role="alert"|line-warning/g)?.length, 1, "it is said once");

    const toOthers = await user.html(`${url}/${path}/new`);
    t.match(textOf(toOthers), /CrmId 100300\. .*Исправить это может системный администратор\./);
    t.notMatch(toOthers, "/moves/new");
  }
  for (const page of ["/pos-servers", url]) t.notMatch(await user.html(page), /Пекарня|>Перенести</);
  t.match(await user.text(url), /сообщает CrmId 100300\./);
  t.equal((await user.get(`${url}/moves/new`)).statusCode, 404);
  await monitor.fail(id, "wrong_crm_id", "crmId 100999");
  const { body } = await administrator.get(`${url}/log-requests/new`);
  t.match(body, `<a class="button button-primary" href="/organizations/${from}/edit">Исправить CrmId</a>`);
});

t.test("it is not moved where that is not asked, nor taken, nor while something is done to it", async (t) => {
  const { monitor, to, id, administrator } = await start(t);
  const path = `/pos-servers/${id}/moves`;
  const organizationOf = async () => (await monitor.status(id))?.organizationId;
  const other = await monitor.addOrganization("Другая", "100400");

  t.equal((await administrator.post(path, { organization: String(other) })).statusCode, 409);
  await monitor.addPosServer({ organizationId: to, name: "Советская, 11" });
  const taken = await administrator.post(path, { organization: String(to) });
  t.equal(taken.statusCode, 409);
  t.match(textOf(taken.body), /В организации Пекарня уже есть POS-сервер с таким названием/);
  await administrator.post(`/pos-servers/${id}`, { name: "Советская, 12", address: "https://10.8.3.3:8443" });
  await monitor.app.logRequests.stop();
  await queueRequest(monitor.db, id, monitor.clock());
  const busy = await administrator.post(path, { organization: String(to) });
  t.equal(busy.statusCode, 409);
  t.match(textOf(busy.body), /POS-сервер не перенесён: на нём идёт/);
  t.not(await organizationOf(), to);
  t.same(await recordedEvents(monitor.db, "pos_server_move"), []);
});

t.test("nothing is asked once it is where it belongs, nor of an organization in the archive", async (t) => {
  const { monitor, from, to, id, administrator } = await start(t);
  const { db } = monitor;
  const leadsBack = async () => {
    t.equal((await administrator.get(`/pos-servers/${id}/moves/new`)).headers.location, `/pos-servers/${id}`);
    const answer = await administrator.post(`/pos-servers/${id}/moves`, { organization: String(to) });
    t.equal(answer.headers.location, `/pos-servers/${id}`);
    t.notMatch(await administrator.html(`/pos-servers/${id}`), "/moves/new");
    t.same(await recordedEvents(db, "pos_server_move"), []);
  };
  await setArchived(db, to, 1);
  await leadsBack();
  await setArchived(db, to, null);
  // As after its organization was put right, until the next poll.
  await db.updateTable("organization").set({ crmId: "100301" }).where("id", "=", to).execute();
  await db.updateTable("organization").set({ crmId: "100300" }).where("id", "=", from).execute();
  await leadsBack();
});
