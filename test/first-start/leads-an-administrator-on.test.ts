import t, { type Test } from "tap";
import { FACTS, offerPackage } from "../helpers/agent-package.ts";
import { startMonitor } from "../helpers/app.ts";
import { addChannel } from "../helpers/channels.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { getHtml, getPage, getText, hrefOf, signedIn, textOf } from "../helpers/page.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";
import { changeRows, readRow } from "../helpers/rows.ts";

async function start(t: Test) {
  const monitor = await startMonitor(t);
  const ledTo = async (url = "/pos-servers") => {
    const { statusCode, headers } = await getPage(monitor.app, url);
    return statusCode === 302 ? headers.location : statusCode;
  };
  return { monitor, ledTo };
}

t.test("an empty system leads an administrator to the checklist, and a filter to the list", async (t) => {
  const { monitor, ledTo } = await start(t);
  t.equal(await ledTo(), "/first-start");
  t.equal(await ledTo("/pos-servers?q=x"), 200);
  const open = await getPage(monitor.app, "/pos-servers", { refresh: {} });
  t.equal(open.statusCode, 200, "a list that is open goes on refreshing itself");
  const { body } = await getPage(monitor.app, "/first-start");
  t.match(textOf(body), /Подключим рестораны .*Получите команду .*Пригласите коллег .*Кому сообщать/);
  t.equal(body.match(/data-step="current"/g)?.length, 1);
  t.equal(hrefOf(body, /enrolments\/new/), "/enrolments/new");
  await monitor.app.poller.tick();
  monitor.clock.advance(61_000);
  const stopped = await getText(monitor.app, "/first-start");
  t.match(stopped, "Опрос POS-серверов не идёт с 13:00", "as the list says it");
});

t.test("silent ones that came by a code keep the checklist, which leads to the list too", async (t) => {
  const { monitor, ledTo } = await start(t);
  const organizationId = await monitor.addOrganization();
  const code = await addEnrolmentCode(monitor, { organizationId });
  await askToEnrol(monitor, enrolmentOrder(code, { posServerId: POS_SERVER_ID }));
  const { id } = await readRow(monitor.db, "posServer");
  t.equal(await ledTo(), "/first-start");
  t.equal(await ledTo(hrefOf(await getHtml(monitor.app, "/first-start"), /list=1/)), 200);
  await monitor.fail(id);
  t.equal(await ledTo(), "/first-start", "a failure is no answer");
  await monitor.report(id);
  t.equal(await ledTo(), 200, "what has answered is in the list");
  await monitor.fail(id);
  t.equal(await ledTo(), 200, "and stays there");
});

t.test("whoever registers POS servers by their addresses looks at the list, also beside codes", async (t) => {
  const { monitor, ledTo } = await start(t);
  const organizationId = await monitor.addOrganization();
  const code = await addEnrolmentCode(monitor, { organizationId });
  await askToEnrol(monitor, enrolmentOrder(code));
  await monitor.addPosServer({ organizationId });
  t.equal(await ledTo(), 200);
});

t.test("what is done is ticked with its result, in whatever order it came", async (t) => {
  const { monitor } = await start(t);
  const steps = async () => {
    const page = await getHtml(monitor.app, "/first-start");
    return [...page.matchAll(/data-step="(\w+)"/g)].map(([, state]) => state);
  };
  t.same(await steps(), ["later", "current", "later", "later", "later"], "there is no package");
  offerPackage(monitor);
  t.same(await steps(), ["done", "current", "later", "later", "later"]);
  const offered = new RegExp(`Агент ${FACTS.version} для Windows.*${FACTS.sha256}`, "s");
  t.match(await getHtml(monitor.app, "/first-start"), offered);
  const code = await addEnrolmentCode(monitor, { maxUses: 2 });
  t.match(await getHtml(monitor.app, "/first-start"), "Ждём агента");
  await askToEnrol(monitor, enrolmentOrder(code, { crmId: "100237" }));
  t.same(await steps(), ["done", "done", "current", "later", "later"]);

  await monitor.addOrganization("ООО «Вкусный дом»", "100238");
  await askToEnrol(monitor, enrolmentOrder(code, { crmId: "100238", host: "KASSA-13" }));
  t.same(await steps(), ["done", "done", "current", "later", "later"], "one is to be let in, one to answer");
  const { id } = await readRow(monitor.db, "posServer");
  await changeRows(monitor.db, "posServer", { identity: null });
  await monitor.report(id);
  await signedIn(monitor);
  t.same(await steps(), ["done", "done", "current", "done", "later"], "one waits still");
  const channel = await addChannel(monitor);
  t.match(await getHtml(monitor.app, "/first-start"), `href="/channels/${channel}"`);
  await changeRows(monitor.db, "channel", { deliveredAt: monitor.clock() });
  t.same(await steps(), ["done", "done", "current", "done", "done"], "somebody is told");
  const { body } = await getPage(monitor.app, "/first-start");
  t.match(textOf(body), /KASSA-13 Синхронизирован · последний обмен 12:59/);
  t.match(textOf(body), /В Poswatch 2 пользователя/);
  t.match(body, '<a href="/pos-servers">К состоянию POS-ов</a>');
});

t.test("a code that was used, taken back or has ended is not waited for", async (t) => {
  const { monitor } = await start(t);
  const isWaiting = async () => (await getHtml(monitor.app, "/first-start")).includes("Ждём агента");
  t.equal(await isWaiting(), false);
  await addEnrolmentCode(monitor);
  t.equal(await isWaiting(), true);
  await changeRows(monitor.db, "enrolmentCode", { takenBackAt: monitor.clock() });
  t.equal(await isWaiting(), false);
  await addEnrolmentCode(monitor);
  t.equal(await isWaiting(), true);
  monitor.clock.advance(86_400_000);
  t.equal(await isWaiting(), false);
  const used = await addEnrolmentCode(monitor);
  await askToEnrol(monitor, enrolmentOrder(used));
  await changeRows(monitor.db, "enrolment", { state: "refused" });
  t.equal(await isWaiting(), false);
});

t.test("others are told whom to ask", async (t) => {
  const { monitor } = await start(t);
  await signedIn(monitor, { name: "Олег Смирнов", isAdministrator: true });
  const viewer = await signedIn(monitor, { organizations: "all" });
  const { statusCode, body } = await viewer.get("/pos-servers");
  t.equal(statusCode, 200);
  t.match(textOf(body), "Их подключает системный администратор. Системные администраторы: Олег Смирнов.");
  t.notMatch(textOf(body), "строку подключения");
  t.notMatch(body, "/first-start");
  t.equal((await viewer.get("/first-start")).statusCode, 404);
});
