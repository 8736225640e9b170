import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, getPage, signedIn, textOf } from "../helpers/page.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("while a large log is prepared and searched other pages come", async (t) => {
  const monitor = await startMonitor(t);
  const part = Buffer.from(serviceLog(20_000));
  const id = await addLogArchive(monitor, { "big.log": Array(16).fill(part) });
  const path = `/log-archives/${id}/files/1`;
  const other = async () => (await getPage(monitor.app, "/pos-servers")).statusCode === 200;
  const isOtherFirst = (work: Promise<unknown>) => Promise.race([work.then(() => false), other()]);
  t.ok(await isOtherFirst(getPage(monitor.app, path)), "a page does not wait for the log");
  await waitFor(async () => {
    const poll = await getPage(monitor.app, `${path}?waiting=1`, { refresh: { tag: "0" } });
    return poll.headers["hx-refresh"] === "true";
  });
  t.match((await getPage(monitor.app, path)).headers.location, "line=319901#");
  t.match(await getHtml(monitor.app, `${path}?line=160000`), "Ошибка");
  const search = getPage(monitor.app, `${path}?line=1&q=such&find=next`);
  t.ok(await isOtherFirst(search), "nor for a search");
  t.equal((await search).statusCode, 200);
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
