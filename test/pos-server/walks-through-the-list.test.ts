import t, { type Test } from "tap";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, signedIn, textOf } from "../helpers/page.ts";

/** Two with errors, of which the first is the older one, one unreachable, one that exchanges, and one of another organization. */
async function start(t: Test) {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization("Своя");
  const other = await monitor.addOrganization("Чужая");
  const add = (name: string, organizationId = own) => monitor.addPosServer({ name, organizationId });
  const [old, recent, silent, fine] = [await add("А"), await add("Б"), await add("В"), await add("Г")];
  const foreign = await add("Д", other);
  await monitor.report(old, { error: "ошибка" });
  await monitor.report(foreign, { error: "ошибка" });
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(recent, { error: "ошибка" });
  await monitor.fail(silent);
  await monitor.report(fine);
  const page = async (url: string) => {
    const body = await getHtml(monitor.app, url);
    const [walk = ""] = /<nav class="walk [\s\S]*?<\/nav>/.exec(body) ?? [];
    const hrefs = [...walk.matchAll(/href="([^"]*)" rel="(\w+)"/g)];
    return {
      text: textOf(walk).replaceAll("\u00A0", " "),
      back: /<div class="page-trail [^>]*>\s*<a [^>]*href="([^"]*)"/.exec(body)?.[1],
      ...Object.fromEntries(hrefs.map(([, href = "", rel = ""]) => [rel, href.replaceAll("&amp;", "&")])),
    } as { text: string; back: string; prev?: string; next?: string };
  };
  return { monitor, own, old, recent, silent, fine, foreign, page };
}

t.test("one walks from problem to problem in the order of the list", async (t) => {
  const { old, foreign, recent, silent, fine, page } = await start(t);
  const first = await page(`/pos-servers/${old}`);
  t.match(first, { text: "‹ Проблема 1 из 4 ›", next: /^\/pos-servers\/\d+$/, back: "/pos-servers" });
  t.equal(first.prev, undefined);
  const seen = [old];
  for (let next = first.next; next; next = (await page(next)).next) seen.push(Number(next.split("/").at(-1)));
  t.same(seen.slice(0, 2).sort(), [old, foreign].sort(), "the older ones first");
  t.same(seen.slice(2), [recent, silent]);
  const last = { text: "‹ Проблема 4 из 4 ›", prev: `/pos-servers/${recent}` };
  t.match(await page(`/pos-servers/${silent}`), last);
  t.equal((await page(`/pos-servers/${fine}`)).text, "", "nobody walks from what is well");
});

t.test("the filter of the list goes along, and leads back to it", async (t) => {
  const { monitor, own, old, recent, fine, page } = await start(t);
  const list = `/pos-servers?organization=${own}&state=sync_error&sort=-name`;
  const body = await getHtml(monitor.app, list);
  const [, href = ""] = /class="name" href="([^"]*)"/.exec(body) ?? [];
  const url = href.replaceAll("&amp;", "&");
  t.equal(url, `/pos-servers/${recent}?organization=${own}&state=sync_error&sort=-name`);
  const walked = await page(url);
  const next = `/pos-servers/${old}?organization=${own}&state=sync_error&sort=-name`;
  t.match(walked, { text: "‹ 1 из 2 ›", next });
  t.equal(walked.back.replaceAll("&amp;", "&"), list);
  t.match(await page(`/pos-servers/${fine}?state=synced`), { text: "‹ 1 из 1 ›" });
  t.equal((await page(`/pos-servers/${fine}?state=sync_error`)).text, "", "it is not in that list");
  t.match(await page(`/pos-servers/${old}?organization=${own}`), { text: "‹ Проблема 1 из 3 ›" });
  const bad = await page(`/pos-servers/${old}?sort=%27&period=-1`);
  t.equal(bad.text, "‹ Проблема 1 из 4 ›", "bad input is no list");
});

t.test("from a problem that was mended a moment ago the way goes on to those that are left", async (t) => {
  const { monitor, old, recent, foreign, page } = await start(t);
  await monitor.report(old);
  const mended = await page(`/pos-servers/${old}`);
  t.match(mended, { text: "‹ Осталось 3 проблемы ›", next: `/pos-servers/${foreign}` });
  t.equal(mended.prev, undefined);
  const list = "?state=sync_error&sort=-name";
  t.match(await page(`/pos-servers/${old}${list}`), { text: "‹ В списке осталось 2 ›" });
  t.match(await page(`/pos-servers/${recent}`), { text: "‹ Проблема 2 из 3 ›" });
  monitor.clock.advance(60 * MINUTE_MS);
  t.equal((await page(`/pos-servers/${old}`)).text, "");
});

t.test("from the dialog of a repair that is over one goes on to the next problem", async (t) => {
  const { monitor, own, old, recent, silent, foreign } = await start(t);
  const user = await signedIn(monitor, { organizations: [own] });
  const next = async (id: number, shown: string) => {
    const headers = { host: "poswatch.test", referer: `http://poswatch.test${shown}` };
    return (await user.get(`/pos-servers/${id}/next-problem`, headers)).headers.location;
  };
  t.match(await user.text(`/pos-servers/${old}`), "Проблема 1 из 3", "in one's own organizations only");
  t.equal(await next(old, "/pos-servers"), `/pos-servers/${recent}`, "it still is a problem");
  t.equal(await next(silent, "/pos-servers"), `/pos-servers/${old}`, "after the last one comes the first");
  t.equal(await next(recent, "/pos-servers?sort=-name"), `/pos-servers/${old}?sort=-name`);
  await monitor.report(old);
  t.equal(await next(old, `/database-resets/1`), `/pos-servers/${recent}`);
  const narrowed = "?state=unreachable";
  t.equal(await next(old, `/pos-servers/${old}${narrowed}`), `/pos-servers/${silent}${narrowed}`);
  await monitor.report(recent);
  await monitor.report(silent);
  t.equal(await next(old, "/pos-servers"), "/pos-servers", "none is left");
  t.equal(await next(foreign, "/pos-servers"), undefined);
});

t.test("what is done on the page leads back to it with the list that one came from", async (t) => {
  const { monitor, own, silent } = await start(t);
  const user = await signedIn(monitor, { organizations: [own] });
  const path = `/pos-servers/${silent}`;
  const shown = `http://poswatch.test${path}?state=unreachable`;
  const post = async (action: string, headers: Record<string, string>) => {
    const sent = { host: "poswatch.test", ...headers };
    const answer = await user.post(`${path}/${action}`, { parked: "1" }, sent);
    const { location, "hx-redirect": redirect, "hx-refresh": refresh, "hx-trigger": stayed } = answer.headers;
    return refresh ? "the page that is shown" : (location ?? redirect ?? stayed);
  };
  t.equal(await post("parking", { referer: shown }), `${path}?state=unreachable`);
  const partial = { "hx-request-type": "partial", "hx-current-url": shown };
  t.equal(await post("parking", partial), "the page that is shown", "from the dialog, too");
  const elsewhere = { ...partial, "hx-current-url": "http://poswatch.test/pos-servers?state=unreachable" };
  t.equal(await post("parking", elsewhere), "stayed", "from the dialog of the list");
  const incidents = { ...partial, "hx-current-url": "http://poswatch.test/incidents" };
  t.equal(await post("parking", incidents), path, "from the dialog of another page");
  const foreign = [
    "http://evil.test/?x",
    `http://evil.test${path}?x`,
    "http://poswatch.test/audit?x",
    "none",
  ];
  for (const referer of foreign) t.equal(await post("parking", { referer }), path, referer);
});
