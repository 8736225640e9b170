import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { textOf } from "../helpers/page.ts";
import { serviceLog, startWithArchive } from "../helpers/viewed-archive.ts";

const TRACE = "   в iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)\r\n";

function entry(minute: number, level: string, text: string): string {
  const time = new Date(Date.UTC(2026, 10, 25) + minute * 60_000)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
  return `[${time},100] ${level.padEnd(5)} [12] — ${text}\r\n`;
}

/** 50 exchanges that end well (lines 1–100), 50 that fail (101–250, with a trace), a line, 50 that end well (252–351). */
function troubledLog(): string {
  const begun = (minute: number) => entry(minute, "INFO", "Обмен: начат");
  const well = (minute: number) => begun(minute) + entry(minute, "INFO", `Обмен: завершён за ${minute} с`);
  const failed = (minute: number) =>
    `${begun(minute)}${entry(minute, "ERROR", `Обмен: ошибка ${minute}`)}${TRACE}`;
  const times = (from: number, write: (minute: number) => string) =>
    Array.from({ length: 50 }, (_, index) => write(from + index)).join("");
  const started = entry(100, "WARN", "Служба запущена");
  return times(0, well) + times(50, failed) + started + times(101, well);
}

const openLog = (t: Test, content = troubledLog()) => startWithArchive(t, { "a.log": content });

/** Where the link with these words leads; null = it leads nowhere. */
function linkOf(html: string, words: RegExp): string | null {
  const links = [...html.matchAll(/<a [^>]*?>[\s\S]*?<\/a>/g)].map(([link]) => link);
  const [, href] = /href="([^"]*)"/.exec(links.find((link) => words.test(link)) ?? "") ?? [];
  return href?.replaceAll("&amp;", "&") ?? null;
}

/** Rows of a page: the numbers of its lines, and what its folds say, an open one with a «+» and its lines below. */
function rowsOf(html: string): (number | string)[] {
  const [, list = html] = html.split('<ol class="log-lines"');
  const shown = list.replace(/(<details class="log-fold">[\s\S]*?<\/summary>)[\s\S]*?<\/details>/g, "$1");
  const rows = shown.matchAll(
    /<li id="L(\d+)" class="log-line"|<details class="log-fold"( open)?>[\s\S]*?<\/summary>/g,
  );
  return [...rows].map(([row, number, open]) =>
    number === undefined ? `${open ? "+ " : ""}${textOf(row)}` : Number(number),
  );
}

const linesFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index);

t.test("what a page repeats is one line, and the fold of the page's line is open", async (t) => {
  const { path, get } = await openLog(t);
  t.equal((await get()).headers.location, `${path}?line=249#L249`, "a file opens at its last error");
  const { body } = await get("?line=102");
  t.same(rowsOf(body), [
    ...[1, 2, "ещё 98 похожих записей · 00:01–00:49"],
    ...[101, 102, 103, "ещё 98 похожих записей · 00:51–01:39"],
    ...[251, 252, 253, "ещё 98 похожих записей · 01:42–02:30"],
  ]);
  t.match(
    textOf(body),
    /351 строка · [^·]* · 25\.11 00:00–02:30, часы POS-сервера · данные гостей и пароли скрыты/,
  );
  t.match(textOf(body), /Ошибка 1 из 50/);
  t.equal(linkOf(body, /Следующая ошибка/), `${path}?line=105#L105`, "the next error, as no other is there");
  t.match(textOf(body), /Конец файла/);

  const inside = (await get("?line=105")).body;
  t.same(rowsOf(inside).slice(3, 9), [101, 102, 103, "+ ещё 98 похожих записей · 00:51–01:39", 104, 105]);
  t.same(rowsOf(inside).slice(-5, -2), [250, 251, 252]);
});

t.test("lines are folded where they are paged, each page by itself", async (t) => {
  const content = entry(0, "INFO", "начало") + entry(1, "INFO", "та же").repeat(3_000);
  const { path, get } = await openLog(t, content);
  const page = (await get("?line=1500")).body;
  t.same(rowsOf(page).slice(0, 3), [1_300, "+ ещё 499 похожих записей · 00:01", 1_301]);
  t.equal(linkOf(page, /раньше/), `${path}?before=1300`);
  const part = await get("?before=1300", { refresh: {} });
  t.notMatch(part.body, "<html");
  t.same(rowsOf(part.body), [800, "ещё 499 похожих записей · 00:01"]);
  t.same(rowsOf((await get("?before=400")).body), [1, 2, "ещё 397 похожих записей · 00:01"]);
});

t.test("all lines are shown without folding, or errors alone with what belongs to them", async (t) => {
  const { path, get } = await openLog(t);
  const whole = (await get("?line=102&folds=off")).body;
  t.same(rowsOf(whole), linesFrom(1, 351));
  t.equal(linkOf(whole, /Следующая ошибка/), `${path}?line=105&folds=off#L105`);
  t.equal(linkOf(whole, /Сворачивать повторы/), `${path}?line=102#L102`);
  t.match(whole, /<input type="hidden" name="folds" value="off">/);

  const { body } = await get("?line=102&show=errors");
  t.same(rowsOf(body), [102, 103, "ещё 49 похожих записей · 00:51–01:39"]);
  t.equal(linkOf(body, /Только ошибки/), `${path}?line=102#L102`);
  const all = (await get("?line=102&show=errors&folds=off")).body;
  t.same(rowsOf(all).slice(0, 5), [102, 103, 105, 106, 108]);
  t.equal(rowsOf(all).length, 100);
  const elsewhere = (await get("?line=200&show=errors")).body;
  t.same(rowsOf(elsewhere), rowsOf(body), "line 200 is none: nothing opens");
  t.match(elsewhere, /<li id="L200" class="log-anchor"/);
});

t.test("errors far apart are shown together", async (t) => {
  const words = ["один", "два", "три", "четыре", "пять", "шесть"];
  const quiet = words
    .map((word) => entry(1, "INFO", word))
    .join("")
    .repeat(800);
  const content = `${entry(0, "ERROR", "первая")}${TRACE}${quiet}${entry(2, "ERROR", "вторая")}${quiet}`;
  const { get } = await openLog(t, content);
  t.same(rowsOf((await get("?line=1&show=errors")).body), [1, 2, 4_803]);
  t.same(rowsOf((await get("?line=9000&show=errors")).body), [1, 2, 4_803]);
});

t.test("matches are counted, in folds too, and the next one opens its fold", async (t) => {
  const { path, get } = await openLog(t);
  const q = encodeURIComponent("ошибка");
  const first = await get(`?line=1&q=${q}&find=next`);
  t.equal(first.headers.location, `${path}?line=102&q=${q}#L102`);
  const page = (await get(String(first.headers.location))).body;
  t.match(page, /class="log-matches [^>]*>1 из 50</);
  t.equal(rowsOf(page)[6], "ещё 98 похожих записей · 00:51–01:39 49 совпадений внутри");
  t.equal(rowsOf(page)[2], "ещё 98 похожих записей · 00:01–00:49", "none in there");
  const second = await get(`?line=102&q=${q}&find=next`);
  const inside = (await get(String(second.headers.location))).body;
  t.match(inside, /class="log-matches [^>]*>2 из 50</);
  t.ok(rowsOf(inside).includes(105));
  t.match((await get(`?line=1&q=${q}`)).body, />50 совпадений</);
  const fresh = await get(`?line=102&q=${q}&was=x&find=next`);
  t.equal(fresh.headers.location, `${path}?line=102&q=${q}#L102`, "a new text is looked for in it itself");

  const onlyErrors = await get(`?line=102&q=${encodeURIComponent("обмен")}&show=errors`);
  t.match(onlyErrors.body, /class="log-matches [^>]*>1 из 50</, "of errors, since nothing else is shown");
});

t.test("more than ten thousand matches are not counted to their end", async (t) => {
  const { get } = await openLog(t, serviceLog(30_000));
  const search = await get("?line=1&q=2026&find=next");
  const { body } = await get(String(search.headers.location));
  t.match(textOf(body), /2, всего больше 10 000/);
});

t.test("a log that another version prepared is prepared anew", async (t) => {
  const { monitor, get } = await openLog(t);
  await get("?line=1");
  const [kept = ""] = readdirSync(join(monitor.dataDir, "log-cache"));
  const folder = join(monitor.dataDir, "log-cache", kept);
  const summary = join(folder, "summary.json");
  const old = JSON.parse(readFileSync(summary, "utf8"));
  writeFileSync(summary, JSON.stringify({ ...old, version: 1, errors: 7 }));
  t.match(textOf((await get("?line=102")).body), /Ошибка 1 из 50/);
  t.equal(JSON.parse(readFileSync(summary, "utf8")).version, old.version);
});
