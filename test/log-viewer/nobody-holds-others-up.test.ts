import { monitorEventLoopDelay } from "node:perf_hooks";
import { setInterval } from "node:timers/promises";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, getPage, signedIn, textOf } from "../helpers/page.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

const LOOK_EVERY_MS = 200;
const MEGABYTE = 1024 * 1024;
/** Whoever prepared it in one go would hold the others up for as long as that takes. */
const MAX_DELAY_MS = 500;

/** The issue speaks of 300, which take a minute or more where the machine is busy. */
const megabytes = Number(process.env.LOG_MEGABYTES ?? 48);

t.test("while a large log is prepared and searched other pages come at once", async (t) => {
  const monitor = await startMonitor(t);
  const part = Buffer.from(serviceLog(20_000));
  const parts = Math.ceil((megabytes * MEGABYTE) / part.length);
  const id = await addLogArchive(monitor, { "big.log": Array.from({ length: parts }, () => part) });
  const path = `/log-archives/${id}/files/1`;
  await getPage(monitor.app, "/pos-servers");
  const before = process.memoryUsage.rss();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();

  const startedAt = performance.now();
  const first = await getPage(monitor.app, path);
  t.equal(first.statusCode, 202, "nobody waits until it is done");
  t.match(textOf(first.body), /Файл готовится к просмотру .* Готово \d+ %/);
  let peak = before;
  for await (const _ of setInterval(LOOK_EVERY_MS)) {
    const other = await getPage(monitor.app, "/pos-servers");
    if (other.statusCode !== 200) t.fail(`another page is answered with ${other.statusCode}`);
    peak = Math.max(peak, process.memoryUsage.rss());
    const poll = await getPage(monitor.app, `${path}?waiting=1`, { refresh: { tag: "0" } });
    if (poll.headers["hx-refresh"] === "true") break;
  }
  t.comment(`prepared ${megabytes} MB in ${Math.round(performance.now() - startedAt)} ms`);
  const lines = 20_000 * parts;
  const openedAt = performance.now();
  t.match((await getPage(monitor.app, path)).headers.location, `line=${lines - 99}#`);
  t.ok((await getHtml(monitor.app, `${path}?line=${Math.floor(lines / 2)}`)).includes("Ошибка"));
  t.comment(`opened it in ${Math.round(performance.now() - openedAt)} ms`);
  const searchedAt = performance.now();
  const nothing = await getPage(monitor.app, `${path}?line=1&q=such&find=next`);
  t.comment(`searched it in ${Math.round(performance.now() - searchedAt)} ms: ${nothing.statusCode}`);
  t.ok(performance.now() - searchedAt < 60_000, "a search ends or pauses");
  delay.disable();
  const p99 = delay.percentile(99) / 1e6;
  const growth = Math.max(peak, process.memoryUsage.rss()) - before;
  t.comment(`event loop delay p99 ${p99.toFixed(1)} ms, memory +${Math.round(growth / MEGABYTE)} MB`);
  t.ok(p99 < MAX_DELAY_MS, "others got their turn");
});

const STAYING = new AbortController().signal;

t.test("one person's searches keep neither views nor the search of another waiting", async (t) => {
  const monitor = await startMonitor(t);
  const { logSearches } = monitor.app;
  const id = await addLogArchive(monitor, { "a.log": "[ERROR] needle\n" });
  const path = `/log-archives/${id}/files/1`;
  const search = `${path}?q=needle&find=next`;
  await waitFor(async () => (await getPage(monitor.app, path)).statusCode === 303);
  const anna = await signedIn(monitor, { organizations: "all" });
  const boris = await signedIn(monitor, { organizations: "all" });

  const endSearch = await logSearches.take(anna.userId, STAYING);
  const waiting = [1, 2].map(() => logSearches.take(anna.userId, STAYING));
  const hers = anna.get(search);
  await waitFor(() => logSearches.waiting() === 3);
  const refused = await anna.get(search);
  t.equal(refused.statusCode, 429);
  t.match(refused.headers, { "retry-after": "5" });
  t.match(textOf(refused.body), "Сейчас идёт слишком много поисков по логам");
  t.equal((await anna.get(`${path}?line=1`)).statusCode, 200, "a view waits for nothing");
  t.equal((await anna.get(`${path}?go=1`)).statusCode, 303, "nor does going to a line");
  t.equal((await boris.get(search)).statusCode, 303);
  t.equal(logSearches.waiting(), 3, "hers still wait");

  endSearch();
  for (const place of waiting) (await place)();
  t.equal((await hers).statusCode, 303);
});
