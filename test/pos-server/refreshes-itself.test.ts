import t from "tap";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, getPage, textOf } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";

async function refresh({ app }: TestMonitor, url: string, tag?: string) {
  const { statusCode, headers, body } = await getPage(app, url, { refresh: tag ? { tag } : {} });
  return { status: statusCode, tag: String(headers["hx-ptag"]), body };
}

t.test("its page refreshes itself from its own address, and 304 says that nothing changed", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  const url = `/pos-servers/${id}?state=sync_error`;
  t.match(await getHtml(monitor.app, url), 'hx-trigger="every 5s, refresh"', "until it was asked");
  await monitor.report(id, { error: "ошибка" });
  const page = await getPage(monitor.app, url);
  t.match(page.body, 'hx-trigger="every 15s, refresh"');
  t.match(page.body, `hx-get="${url}"`);
  const part = await refresh(monitor, url);
  t.equal(part.status, 200);
  t.match(page.body, `hx-ptag="${part.tag}"`);
  t.match(
    part.body,
    /^\s*<hx-partial hx-target="#pos-server-heading"[\s\S]*<hx-partial hx-target="#pos-server"/,
  );
  t.notMatch(part.body, "<html");

  monitor.clock.advance(MINUTE_MS);
  t.equal((await refresh(monitor, url, part.tag)).status, 304, "time alone is no change");
  await monitor.report(id);
  const changed = await refresh(monitor, url, part.tag);
  t.equal(changed.status, 200);
  t.match(textOf(changed.body), "Обмен работает");
});

t.test("acknowledgements are lines of the history, and so many are shown together", async (t) => {
  const monitor = await startMonitor(t);
  const { clock, app } = monitor;
  const id = await monitor.addPosServer();
  const take = async (userName: string) => {
    const times = { takenAt: clock() + 1, endsAt: clock() + 2, endedAt: clock() + 2 };
    await addRow(monitor.db, "acknowledgement", { posServerId: id, userName, ...times, endedBy: "person" });
  };
  const shown = (body: string) =>
    [...body.matchAll(/Кто занимался: ([^<]*)|id="change-(\d+)"/g)].map(([, name, change]) => name ?? change);
  for (let index = 0; index < 30; index += 1) {
    clock.advance(MINUTE_MS);
    await monitor.report(id, { error: index % 2 === 0 ? "ошибка" : null });
    if (index === 9) await take("earlier");
    if (index === 10) await take("Пётр");
    if (index === 29) await take("Анна");
  }
  const first = shown(await getHtml(app, `/pos-servers/${id}`));
  t.equal(first[0], "Анна");
  t.same(first.slice(-2), ["14", "13"]);
  t.equal(first.length, 20);
  const all = shown(await getHtml(app, `/pos-servers/${id}?history=120`));
  t.same(all.slice(20, 24), ["Пётр", "12", "earlier", "11"]);
  t.equal(all.length, 34);

  for (let index = 0; index < 30; index += 1) await take(`Ольга ${index}`);
  const body = await getHtml(app, `/pos-servers/${id}`);
  t.equal(shown(body).length, 20, "also when nothing but acknowledgements is new");
  t.match(body, /class="history-more"><a [^>]*href="[^"]*history=120#acknowledgement-\d+"/);
  for (const wrong of ["0", "-1", "x", "1e9", "999999999"])
    t.equal((await getPage(app, `/pos-servers/${id}?history=${wrong}`)).statusCode, 200, wrong);
});
