import t from "tap";
import { headlineModel } from "../../src/monitor/pos-servers/headline-model.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, getText, hrefOf, idsOf, textOf } from "../helpers/page.ts";

function headlineOf(body: string): string {
  return textOf(body.match(/<div id="headline">[\s\S]*?<\/div>/)?.[0] ?? "");
}

t.test("the headline counts problems of all, new ones and recovered ones, and leads to them", async (t) => {
  const monitor = await startMonitor(t);
  const [old = 0, recovered = 0, fresh = 0, another = 0, unsupported = 0] = await addExchanging(monitor, 6);
  await monitor.addPosServer({ isParked: true });
  await monitor.report(unsupported, { version: "33" });
  await monitor.report(old, { error: "boom" });
  await monitor.report(recovered, { error: "boom" });
  monitor.clock.advance(90 * MINUTE_MS);
  await monitor.report(recovered);
  await monitor.report(fresh, { error: "boom" });
  await monitor.fail(another);
  // A view narrows the list, not the headline.
  const body = await getHtml(monitor.app, "/pos-servers?q=nothing-like-it&state=synced");
  t.equal(headlineOf(body), "3 проблемы из 5 2 новых за час 1 восстановился");
  t.match(body, "<title>(3) Состояние POS-ов · Администрирование · Poswatch</title>");
  t.same(idsOf(await getHtml(monitor.app, hrefOf(body, /id="headline-new"/))), [fresh, another]);
  t.same(idsOf(await getHtml(monitor.app, hrefOf(body, /id="headline-recovered"/))), [recovered]);
  t.match(await getText(monitor.app, "/pos-servers?change=new"), "Новые проблемы за час");
});

const NOBODY = {
  problems: 0,
  posServers: 0,
  closed: 0,
  pending: 0,
  newProblems: 0,
  recovered: 0,
  guessed: 0,
};
const HEADLINES = [
  [{}, "Состояние POS-ов", "", "0"],
  [{ posServers: 50, pending: 50 }, "Ожидаем первых ответов 50 POS-серверов", "(?) ", "unknown"],
  [{ posServers: 1, pending: 1 }, "Ожидаем первых ответов 1 POS-сервер", "(?) ", "unknown"],
  [{ posServers: 50, pending: 49 }, "Проблем нет 50 POS-серверов 49 ещё не ответили", "", "0"],
  [{ posServers: 50 }, "Проблем нет 50 POS-серверов", "", "0"],
  [{ posServers: 50, pending: 21, problems: 2 }, "2 проблемы из 50", "(2) ", "2"],
  [
    { posServers: 50, pending: 4, closed: 3 },
    "Проблем нет 50 POS-серверов 4 ещё не ответили 3 закрыты",
    "",
    "0",
  ],
  [{ closed: 3 }, "Проблем нет 3 закрыты", "", "0"],
] as const;

t.test("what has never answered is not called well, in the headline, the title and the icon", async (t) => {
  const viewer = { user: null, organizations: "all", ...presentationFor("ru", "Europe/Moscow") } as const;
  for (const [summary, words, mark, icon] of HEADLINES) {
    const model = headlineModel(viewer, { summary: { ...NOBODY, ...summary }, widestCause: null });
    const shown = [model.problems, model.of, ...model.changes.map(({ text }) => text)];
    t.equal(shown.filter(Boolean).join(" "), words);
    t.equal(model.title, `${mark}Состояние POS-ов · Администрирование`, words);
    t.equal(model.icon, `/pos-servers/icon.svg?problems=${icon}`, words);
    t.equal(model.isUnknown, icon === "unknown", words);
  }
});

t.test("the icon of the tab has the number, at most two digits of it, and takes nothing else", async (t) => {
  const monitor = await startMonitor(t);
  const shown = async (problems: string) =>
    await getText(monitor.app, `/pos-servers/icon.svg?problems=${problems}`);
  t.equal(await shown("7"), "7");
  t.equal(await shown("100"), "99+");
  t.equal(await shown("unknown"), "?");
  for (const problems of ["0", "-1", "1.5", "x", "%3Cscript%3E", ""])
    t.equal(await shown(problems), "", problems);
});
