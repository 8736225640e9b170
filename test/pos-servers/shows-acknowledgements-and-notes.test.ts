import t from "tap";
import type { TestMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, getMenu, idsOf, rowsOf, signedIn, startFor, textOf } from "../helpers/page.ts";

const AT_THREE = "2026-11-24T12:00Z";
const HOSTILE = `"><img src=x onerror=alert(1)>{{time}} $t(product) <%= 1 %>`;

async function rowOf(monitor: TestMonitor, id: number, query = "", language: "ru" | "en" = "ru") {
  const body = await getHtml(monitor.app, `/pos-servers${query}`, { language });
  return rowsOf(body).find((row) => row.id === id);
}

t.test("a row says who takes care of it, at once, in both languages, until that ends", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна Иванова", organizations: "all" });
  const short = await signedIn(monitor, { name: "А. Иванова", organizations: "all" });
  const id = await monitor.addPosServer();
  const fine = await monitor.addPosServer();
  await monitor.report(id, { error: "нарушена целостность" });
  await monitor.report(fine);
  t.notMatch((await rowOf(monitor, id))?.html, "acknowledgement");

  await anna.post(`/pos-servers/${id}/takings`, { until: AT_THREE, note: "жду звонка" });
  await short.post(`/pos-servers/${fine}/takings`, { until: "2026-11-25T06:00Z" });
  const row = await rowOf(monitor, id);
  t.match(row?.text, "нарушена целостность А Анна · до 15:00");
  t.match(row?.html, 'title="Анна Иванова занимается · до 15:00: жду звонка"');
  t.match((await rowOf(monitor, fine))?.text, "А. Иванова · до 09:00");
  t.match((await rowOf(monitor, id, "", "en"))?.text, "Анна · until 15:00");

  await monitor.report(id);
  await short.post(`/pos-servers/${fine}/takings/end`);
  t.notMatch((await rowOf(monitor, id))?.html, "acknowledgement", "the exchange is back");
  t.match((await rowOf(monitor, fine))?.html, 'class="none"');
});

t.test("within an opened common cause each POS server says it too", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна Иванова", organizations: "all" });
  const ids = await addExchanging(monitor, 6);
  for (const id of ids) await monitor.report(id, { error: "главный сервер молчит" });
  const [first = 0] = ids;
  await anna.post(`/pos-servers/${first}/takings`, { until: AT_THREE });
  const hash = (await getHtml(monitor.app, "/pos-servers")).match(/id="cause-(\w+)"/)?.[1];
  const body = await getHtml(monitor.app, `/pos-servers?open=${hash}`);
  t.same(idsOf(body), ids);
  const taken = rowsOf(body).filter(({ html }) => html.includes("acknowledgement-name"));
  t.match(taken, [{ id: first }]);
  t.equal(taken.length, 1);
});

t.test("names, comments and notes are text, whatever they look like", async (t) => {
  const { monitor, user: evil } = await startFor(t, { name: `${HOSTILE}\u202e`, organizations: "all" });
  const id = await monitor.addPosServer();
  const path = `/pos-servers/${id}`;
  await monitor.report(id, { error: "boom" });
  await evil.post(`${path}/takings`, { until: "hour", note: HOSTILE });
  const note = { phone: "112", person: HOSTILE, text: `${HOSTILE}\r\n\u202e</textarea>`, seenAt: "" };
  t.equal((await evil.post(`${path}/restaurant-note`, note)).statusCode, 303);
  const menu = await getMenu(monitor.app, id);
  t.match(menu, "{{time}} $t(product) &lt;%= 1 %&gt;");
  t.notMatch(menu, "<img");
  for (const url of ["/pos-servers", path, `${path}/takings/new`, `${path}/restaurant-note/new`, "/audit"]) {
    const body = await getHtml(monitor.app, url);
    t.notMatch(body, /<img|<\/textarea><|alert\(1\)>/, url);
    t.match(body, "{{time}} $t(product) &lt;%= 1 %&gt;", url);
  }
  const card = (await getHtml(monitor.app, path)).match(/<p class="notes-text">[\s\S]*?<\/p>/)?.[0] ?? "";
  t.match(textOf(card), "⟨U+202E⟩</textarea>", "what cannot be seen can");
});
