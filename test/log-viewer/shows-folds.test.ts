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

/**
 * 100 exchanges that end well (lines 1–200), 100 that fail (201–500, with a trace), a line, 50 that end well (502–601).
 */
function troubledLog(): string {
  const begun = (minute: number) => entry(minute, "INFO", "Обмен: начат");
  const well = (minute: number) => begun(minute) + entry(minute, "INFO", `Обмен: завершён за ${minute} с`);
  const failed = (minute: number) =>
    `${begun(minute)}${entry(minute, "ERROR", `Обмен: ошибка ${minute}`)}${TRACE}`;
  const times = (count: number, from: number, write: (minute: number) => string) =>
    Array.from({ length: count }, (_, index) => write(from + index)).join("");
  const started = entry(200, "WARN", "Служба запущена");
  return times(100, 0, well) + times(100, 100, failed) + started + times(50, 201, well);
}

const openLog = (t: Test, content = troubledLog()) => startWithArchive(t, { "a.log": content });

/** Where the link with these words leads; null = it leads nowhere. */
function linkOf(html: string, words: RegExp): string | null {
  const links = [...html.matchAll(/<a [^>]*?>[\s\S]*?<\/a>/g)].map(([link]) => link);
  const [, href] = /href="([^"]*)"/.exec(links.find((link) => words.test(link)) ?? "") ?? [];
  return href?.replaceAll("&amp;", "&") ?? null;
}

const linesFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index);

/** Rows of a page: the numbers of its lines, and what its folds say. */
function rowsOf(html: string): (number | string)[] {
  return [...html.matchAll(/<li (?:id="L(\d+)" class="log-line"|class="log-fold")[\s\S]*?<\/li>/g)].map(
    ([row, number]) => (number === undefined ? textOf(row) : Number(number)),
  );
}

t.test("what repeats is one line, and a file opens at the first error of its last trouble", async (t) => {
  const { path, get } = await openLog(t);
  const opened = await get();
  t.equal(opened.headers.location, `${path}?line=202#L202`);
  const { body } = await get("?line=202");
  t.same(rowsOf(body), [
    ...[1, 2, "ещё 99 обменов без ошибок · 00:01–01:39"],
    ...[201, 202, 203, "ещё 99 таких · 01:41–03:19"],
    ...[501, 502, 503, "ещё 49 обменов без ошибок · 03:22–04:10"],
  ]);
  t.match(textOf(body), /601 строка · 42,2 кБ · 25\.11 00:00–04:10, часы POS-сервера · телефоны и карты/);
  t.match(textOf(body), /Ошибка 1 из 100/);
  t.match(
    linkOf(body, /Следующая [^<]*ошибка/),
    /\?line=205#L205$/,
    "the first of the others, in their fold",
  );
  t.match(textOf(body), /Конец файла/);
});

t.test("a fold opens where it is linked to, in its place, and whenever its line is looked at", async (t) => {
  const { path, get } = await openLog(t);
  const { body } = await get("?line=202");
  const link = linkOf(body, /ещё 99 таких/);
  t.equal(link, `${path}?line=204#L204`);
  const opened = await get(String(link));
  t.same(rowsOf(opened.body).slice(3, 9), [201, 202, 203, "Свернуть 99 повторов · 01:41–03:19", 204, 205]);
  t.same(rowsOf(opened.body).slice(-5, -2), [500, 501, 502]);
  t.equal(linkOf(opened.body, /Свернуть/), `${path}?line=203#L203`);
  t.equal(
    linkOf(opened.body, /Следующая [^<]*ошибка/),
    `${path}?line=205#L205`,
    "an open fold is gone through",
  );

  const part = await get("?open=204", { refresh: {} });
  t.notMatch(part.body, "<html");
  t.equal(rowsOf(part.body)[0], "Свернуть 99 повторов · 01:41–03:19");
  t.same(rowsOf(part.body).slice(1), linesFrom(204, 297));
  t.equal((await get("?open=204")).headers.location, `${path}?line=204#L204`);
});

t.test("an open fold ends where the next one begins", async (t) => {
  const { get } = await openLog(t, entry(1, "INFO", "та").repeat(4) + entry(1, "INFO", "эта").repeat(4));
  const first = rowsOf((await get("?line=3")).body);
  t.same(first, [1, "Свернуть 3 повтора · 00:01", 2, 3, 4, 5, "ещё 3 таких · 00:01"]);
  const second = rowsOf((await get("?line=7")).body);
  t.same(second, [1, "ещё 3 таких · 00:01", 5, "Свернуть 3 повтора · 00:01", 6, 7, 8]);
});

t.test("a fold of any length comes in parts, and stays open where its lines are paged", async (t) => {
  const content = entry(0, "INFO", "начало") + entry(1, "INFO", "та же").repeat(3_000);
  const { path, get } = await openLog(t, content);
  const middle = (await get("?line=1500")).body;
  const part = await get("?open=3", { refresh: {} });
  t.same(rowsOf(part.body).slice(-1), [501]);
  const rest = linkOf(part.body, /Показать ещё повторы/);
  t.equal(rest, `${path}?open=502`);
  t.same(rowsOf((await get(String(rest), { refresh: {} })).body)[0], 502);

  const earlier = linkOf(middle, /раньше/);
  t.equal(earlier, `${path}?before=1300&open=1500`);
  t.same(rowsOf((await get(String(earlier))).body).slice(-1), [1_299]);
  const closed = (await get("?before=1300")).body;
  t.same(rowsOf(closed), [1, 2, "ещё 2 999 таких · 00:01"]);
});

t.test("without folding every line is there, and every link says so", async (t) => {
  const { path, get } = await openLog(t);
  const { body } = await get("?line=202&folds=off");
  t.same(rowsOf(body), linesFrom(2, 500));
  t.equal(linkOf(body, /Следующая [^<]*ошибка/), `${path}?line=205&folds=off#L205`);
  t.equal(linkOf(body, /Сворачивать повторы/), `${path}?line=202#L202`);
  t.match(body, /<input type="hidden" name="folds" value="off">/);
});

t.test("errors alone are shown with what belongs to them, and folded too", async (t) => {
  const { path, get } = await openLog(t);
  const { body } = await get("?line=202&show=errors");
  t.same(rowsOf(body), [202, 203, "ещё 99 таких · 01:41–03:19"]);
  t.equal(linkOf(body, /Только ошибки/), `${path}?line=202#L202`);
  const all = (await get("?line=202&show=errors&folds=off")).body;
  t.same(rowsOf(all).slice(0, 5), [202, 203, 205, 206, 208]);
  t.equal(rowsOf(all).length, 200);
  const elsewhere = (await get("?line=300&show=errors")).body;
  t.same(rowsOf(elsewhere), [202, 203, "ещё 99 таких · 01:41–03:19"], "line 300 is none: nothing opens");
  t.match(elsewhere, /<li id="L300" class="log-anchor"/);
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
  t.equal(first.headers.location, `${path}?line=202&q=${q}#L202`);
  const page = (await get(String(first.headers.location))).body;
  t.match(page, /class="log-matches [^>]*>1 из 100</);
  t.match(rowsOf(page)[6], /ещё 99 таких · 01:41–03:19 99 совпадений внутри/);
  t.equal(rowsOf(page)[2], "ещё 99 обменов без ошибок · 00:01–01:39", "none in there");
  const second = await get(`?line=202&q=${q}&find=next`);
  const inside = (await get(String(second.headers.location))).body;
  t.match(inside, /class="log-matches [^>]*>2 из 100</);
  t.ok(rowsOf(inside).includes(205));
  t.match((await get(`?line=1&q=${q}`)).body, />100 совпадений</);
  const fresh = await get(`?line=202&q=${q}&was=x&find=next`);
  t.equal(fresh.headers.location, `${path}?line=202&q=${q}#L202`, "a new text is looked for in it itself");

  const onlyErrors = await get(`?line=202&q=${encodeURIComponent("обмен")}&show=errors`);
  t.match(onlyErrors.body, /class="log-matches [^>]*>1 из 100</, "of errors, since nothing else is shown");
});

t.test("more than ten thousand matches are not counted to their end", async (t) => {
  const { get } = await openLog(t, serviceLog(30_000));
  const search = await get("?line=1&q=2026&find=next");
  const { body } = await get(String(search.headers.location));
  t.match(textOf(body), /2, всего больше 10 000/);
});

t.test("what is copied is the text of all lines, those that are folded included", async (t) => {
  const { get } = await openLog(t);
  const text = async (query: string) => await get(`1/text?${query}`);
  t.equal((await text("from=202&to=202")).statusCode, 409, "not prepared");
  await get("?line=1");
  const copied = await text("from=1&to=502");
  t.equal(copied.headers["content-type"], "text/plain; charset=utf-8");
  t.equal(copied.body, `${troubledLog().replaceAll("\r\n", "\n").split("\n").slice(0, 502).join("\n")}\n`);
  t.equal((await text("from=200&to=207&show=errors")).body.split("\n").length, 5);
  for (const query of ["", "from=x&to=9", "from=9&to=2", "from=700&to=900"])
    t.equal((await text(query)).statusCode, 200, query);
});

t.test("more text than a clipboard takes is refused", async (t) => {
  const { get } = await openLog(t, serviceLog(100_000));
  await get("?line=1");
  t.equal((await get("1/text?from=1&to=100000")).statusCode, 413);
});

t.test("a log that another version prepared is prepared anew", async (t) => {
  const { monitor, get } = await openLog(t);
  await get("?line=1");
  const [kept = ""] = readdirSync(join(monitor.dataDir, "log-cache"));
  const folder = join(monitor.dataDir, "log-cache", kept);
  const summary = join(folder, "summary.json");
  const old = JSON.parse(readFileSync(summary, "utf8"));
  writeFileSync(summary, JSON.stringify({ ...old, version: 1, errors: 7 }));
  t.match(textOf((await get("?line=202")).body), /Ошибка 1 из 100/);
  t.equal(JSON.parse(readFileSync(summary, "utf8")).version, old.version);
});
