import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, getPage, getText, rowsOf } from "../helpers/page.ts";

const HOSTILE = `"><img src=x onerror=alert(1)><script>alert('2')</script>&amp;{{time}} $t(product) $& <%= 1 %>`;

t.test("HTML in every field that the registry or a POS server can fill is text", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization(`organization ${HOSTILE}`, `crm ${HOSTILE}`);
  const add = async (address: string) =>
    await monitor.addPosServer({ organizationId, name: `name ${address} ${HOSTILE}`, address });
  const broken = await add(`no url ${HOSTILE}`);
  const unreachable = await add("https://10.0.0.1:8443/%3Cb%3E");
  const unsupported = await add("https://10.0.0.2:8443");
  const service = { name: HOSTILE, state: "running" as const, startedAt: null };
  const version = `version ${HOSTILE}`.slice(0, 64);
  await monitor.report(broken, { error: `error ${HOSTILE}`, version, service });
  await monitor.report(unreachable);
  await monitor.fail(unreachable, "http_status", `detail ${HOSTILE}`);
  await monitor.report(unsupported, { version: "33" });

  for (const url of ["/pos-servers", "/pos-servers?state=unsupported"]) {
    const body = await getHtml(monitor.app, url);
    t.notMatch(body, /<img|<script>|onerror=alert\(1\)>/);
  }
  const rows = rowsOf(await getHtml(monitor.app, "/pos-servers"));
  const textOfRow = (id: number) => rows.find((row) => row.id === id)?.html;
  for (const field of ["organization", "crm", "name no url", "no url", "error"]) {
    t.match(textOfRow(broken), `${field} &quot;&gt;&lt;img src=x onerror=alert(1)&gt;`, field);
  }
  t.match(textOfRow(unreachable), 'title="POS-сервер ответил ошибкой: detail &quot;&gt;&lt;img');

  const placeholders = "{{time}} $t(product) $&amp; &lt;%= 1 %&gt;";
  t.match(textOfRow(broken), placeholders, "nor are placeholders filled in");
  for (const id of await addExchanging(monitor, 5)) await monitor.report(id, { error: HOSTILE });
  const body = await getHtml(monitor.app, "/pos-servers");
  const cause = body.match(/<tr id="cause-[\s\S]*?<\/tr>/)?.[0] ?? "";
  t.match(cause, placeholders, "in the row of a common cause");
  t.notMatch(cause, "<img");
});

t.test("malformed values of the query never fail and stand in the form as typed, escaped", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer());
  for (const field of "organization period unit q state scope cause change open sort page".split(" ")) {
    const value = `${HOSTILE}${"x".repeat(400)}`;
    const url = `/pos-servers?${field}=${encodeURIComponent(value)}`;
    const { statusCode, body } = await getPage(monitor.app, url);
    t.equal(statusCode, 200, field);
    t.notMatch(body, /<img|<script>/);
    t.match(body, `id="problem-${field}"`, `${field} is named`);
    if (field === "period" || field === "q") {
      t.match(body, new RegExp(`<input id="${field}"[^>]* value="&quot;&gt;&lt;img[^"]*x{400}"`), "as typed");
      const marked = `<input id="${field}"[^>]* aria-invalid="true" aria-describedby="problem-${field}"`;
      t.match(body, new RegExp(marked));
    }
    t.equal(rowsOf(body).length, 1, "and the default is shown");
  }
  const placeholders = encodeURIComponent("{{count}} $t(product) $&");
  const told = await getText(monitor.app, `/pos-servers?period=${placeholders}`);
  t.match(told, "«{{count}} $t(product) $&» — не срок: нужно целое число от 1 до 100 000.");
});

const STRANGE = [
  "q=%00",
  "q=%ED%A0%80",
  "q=%F0%9F",
  "q=%E0%A4%A",
  "q[]=1&q[a]=2",
  "q=1&q=2&page=3&page=x",
  "__proto__=1&constructor=2&toString=3",
  "period=00000000001&unit=minutes",
  "page=999999999999999999999",
  "organization=9007199254740991",
  "organization=1%20or%201=1",
  "cause=%00&state=synced",
  "q=%F0%9F%8D%95",
  "&&&==&=1&?",
  `q=${"%20".repeat(150)}`,
];

t.test("a strange query is answered with the page, and times that no clock has are shown", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  for (const query of STRANGE)
    for (const request of [{}, { refresh: {} }])
      t.equal((await getPage(monitor.app, `/pos-servers?${query}`, request)).statusCode, 200, query);

  const clockAheadMs = Date.parse("9999-12-31T00:00:00Z") - monitor.clock();
  await monitor.report(id, { clockAheadMs, syncedAgoMs: 0 });
  const ancient = await monitor.addPosServer();
  await monitor.report(ancient, { syncedAgoMs: monitor.clock() - Date.parse("0001-01-01T00:00:00Z") });
  t.equal(rowsOf(await getHtml(monitor.app, "/pos-servers")).length, 2);
});
