import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { hrefOf, textOf } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";
import { addLogArchive, serviceLog, startWithArchive } from "../helpers/viewed-archive.ts";

const HOSTILE = `<script>alert(1)</script>"'&`;

/** The numbers of the lines of a page. */
function shownLines(html: string): number[] {
  return [...html.matchAll(/<li id="L(\d+)"/g)].map(([, number]) => Number(number));
}

/** The numbers of a full page of lines. */
const pageFrom = (first: number) => Array.from({ length: 500 }, (_, index) => first + index);

/** Quiet lines of these words in turn: too many kinds of them to be folded. */
function numbered(words: string[], count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `[2026-11-24 13:00:00,000] INFO  [1] — ${words[index % words.length]}\r\n`,
  ).join("");
}

function lineOf(html: string, number: number): string {
  return new RegExp(`<li id="L${number}"[\\s\\S]*?</li>`).exec(html)?.[0] ?? "";
}

async function views(monitor: TestMonitor) {
  return await recordedEvents(monitor.db, "log_view");
}

t.test("the files of an archive are listed, with the errors of those that were opened", async (t) => {
  const files = { "day/sync.log": serviceLog(1_000), "_README.txt": "till.log: EBUSY" };
  const { get } = await startWithArchive(t, files);
  const before = textOf((await get("../files")).body);
  t.match(before, /Логи за 24\.11\.2026 /);
  t.match(before, "Прочерк: ошибки в файле будут посчитаны");
  t.match(before, /day\/sync\.log 101,\d кБ 24\.11 13:42 —/);
  t.match(before, /_README\.txt что не удалось прочитать/);
  t.equal((await get("1")).statusCode, 303);
  t.match(textOf((await get("../files")).body), /24\.11 13:42 10 _README/);
});

t.test("the only file of an archive is opened at once", async (t) => {
  const { get } = await startWithArchive(t, { "sync.log": serviceLog(10) });
  const { location } = (await get("../files")).headers;
  t.match(location, /\/log-archives\/1\/files\/1$/);
  t.notMatch((await get("1")).body, /Логи за 24\.11\.2026/, "no way leads to a list that is passed over");
});

t.test("an archive is called a part where its day has more than one", async (t) => {
  const { monitor, get } = await startWithArchive(t, { "sync.log": serviceLog(10), "till.log": "" });
  const { db } = monitor;
  const title = async () => /<h1[^>]*>([^<]*)/.exec((await get("../files")).body)?.[1];
  t.equal(await title(), "Логи за 24.11.2026");
  const { id: _first, ...row } = await db.selectFrom("logArchive").selectAll().executeTakeFirstOrThrow();
  await addRow(db, "logArchive", { ...row, position: 2, number: 2, path: null });
  t.equal(await title(), "Логи за 24.11.2026, часть 1");
});

t.test("a file opens at its last error, or at its end, or empty", async (t) => {
  const quiet = numbered(["one", "two", "three", "four", "five", "six", "seven"], 699);
  const files = { "a.log": serviceLog(1_000), "b.log": quiet, "c.log": "" };
  const { get } = await startWithArchive(t, files);
  const opened = await get("1");
  t.equal(opened.statusCode, 303);
  t.match(opened.headers.location, /\/files\/1\?line=901#L901$/);
  t.match((await get("2")).headers.location, /\/files\/2\?line=699#L699$/);
  const empty = await get("3");
  t.equal(empty.statusCode, 200);
  t.match(textOf(empty.body), /Файл пуст/);
});

t.test("lines are shown around one, before and after, and none is left out", async (t) => {
  const { path, get } = await startWithArchive(t, { "a.log": serviceLog(2_000) });
  const { body, statusCode } = await get("?line=1000&folds=off");
  t.equal(statusCode, 200);
  t.same(shownLines(body), pageFrom(800));
  t.match(lineOf(body, 1_000), /aria-current="true"/);
  t.match(lineOf(body, 901), /data-level="error" data-head/);
  t.match(lineOf(body, 902), /data-level="error"><a/, "a stack trace belongs to the entry above");
  t.match(lineOf(body, 903), /data-level="info"/);
  t.match(lineOf(body, 903), `href="${path}?line=903&amp;folds=off#L903"`);
  t.match(textOf(body), /Ошибка 10 из 20/);
  t.equal(hrefOf(body, /Предыдущая [^<]*ошибка/), `${path}?line=901&folds=off#L901`);
  t.equal(hrefOf(body, /Следующая [^<]*ошибка/), `${path}?line=1001&folds=off#L1001`);

  const earlier = hrefOf(body, /before=/);
  t.equal(earlier, `${path}?before=800&folds=off`);
  t.same(shownLines((await get(earlier)).body)[0], 300);
  const part = await get(earlier, { refresh: {} });
  t.notMatch(part.body, "<html");
  t.same(shownLines(part.body), pageFrom(300));
  t.equal(hrefOf(part.body, /before=/), `${path}?before=300&folds=off`);
  t.notMatch(part.body, "after=");
  const later = await get(hrefOf(body, /after=/), { refresh: {} });
  t.same(shownLines(later.body), pageFrom(1_300));
  t.notMatch(later.body, "before=");
});

t.test("addresses that make no sense show what is nearest", async (t) => {
  const { get } = await startWithArchive(t, { "a.log": serviceLog(600) });
  for (const [query, last] of [
    ["line=999999999", 600],
    ["line=1&line=2", 501],
    ["before=1", 600],
    ["after=600", 600],
    ["line=5&whole=7&q=%5B(*&searched=x", 500],
  ] as const) {
    let answer = await get(`?${query}`);
    if (answer.statusCode === 303) answer = await get(String(answer.headers.location));
    t.equal(answer.statusCode, 200, query);
    t.ok(shownLines(answer.body).includes(last), query);
  }
  for (const position of ["2", "0", "x", "1e0", "99999999999999999999"])
    t.equal((await get(position)).statusCode, 404, position);
});

t.test("a search leads to the line that matches, and marks it", async (t) => {
  const { path, get } = await startWithArchive(t, { "a.log": serviceLog(2_000) });
  const search = async (query: string) => await get(`?${query}`);
  const found = await search(`line=1000&q=${encodeURIComponent("ОШИБКА 15")}&find=next`);
  t.equal(found.statusCode, 303);
  const address = String(found.headers.location);
  t.match(address, /\?line=1501&q=[^&]+#L1501$/);
  t.match(lineOf((await get(address)).body, 1_501), "<mark>ошибка 15</mark>01");

  const wrapped = await search(`line=1000&q=${encodeURIComponent("ошибка 15")}&find=previous`);
  t.match(wrapped.headers.location, "searched=wrapped#L1501");
  const page = await get(String(wrapped.headers.location));
  t.match(textOf(page.body), /поиск продолжен с другого конца файла/);

  const nothing = await search("line=1000&q=such&find=next");
  t.equal(nothing.statusCode, 200);
  t.match(textOf(nothing.body), /Ничего не найдено/);
  t.match(nothing.body, 'value="such"');
  t.ok(shownLines(nothing.body).includes(1_000));
  t.equal((await search(`line=1000&q=${"x".repeat(201)}&find=next`)).statusCode, 422);
  for (const text of ["", "%20"]) {
    const over = await search(`line=1000&q=${text}&was=boom&find=next`);
    t.same([over.statusCode, over.headers.location], [303, `${path}?line=1000#L1000`], "the search is over");
  }
});

t.test("one goes to a line or a time; anything else keeps what was typed", async (t) => {
  const { path, get } = await startWithArchive(t, { "a.log": serviceLog(2_000), "b.log": "no times here\n" });
  const places: Record<string, number> = {
    "17": 17,
    "09:16:40": 1_000,
    "09:16:42": 1_003, // the line before it is of a stack trace
    "9:10": 600,
    "24.11 09:16:40": 1_000,
    "24.11.2026 9:16:40": 1_000,
    "2026-11-24 09:16:40,500": 1_001,
  };
  for (const [place, line] of Object.entries(places)) {
    const { headers } = await get(`?line=5&go=${encodeURIComponent(place)}`);
    t.equal(headers.location, `${path}?line=${line}#L${line}`, place);
  }
  for (const [place, line, searched, says] of [
    ["999999", 2_000, "noLine", "Такой строки в файле нет: показана последняя."],
    ["23.11 12:00", 1, "tooEarly", "Файл начинается позже этого времени"],
    ["25.11.2026 12:00", 2_000, "tooLate", "Файл кончается раньше этого времени"],
  ] as const) {
    const { headers } = await get(`?line=5&go=${encodeURIComponent(place)}`);
    t.equal(headers.location, `${path}?line=${line}&searched=${searched}#L${line}`, place);
    t.match(textOf((await get(String(headers.location))).body), says);
  }
  for (const place of ["", "вчера", "25:00", "31.02 10:00", "-5", "<b>"]) {
    const answer = await get(`?line=5&go=${encodeURIComponent(place)}`);
    t.equal(answer.statusCode, 422, place);
    t.match(textOf(answer.body), /Введите номер строки или время/);
    t.match(answer.body, `name="go" value="${place.replace("<", "&lt;").replace(">", "&gt;")}"`);
  }
  t.equal((await get("2?go=13:00")).statusCode, 422);
});

t.test("nothing in a log or its name becomes markup, and no name leads anywhere", async (t) => {
  const { monitor, get } = await startWithArchive(t, {
    [`${HOSTILE}.log`]: `[2026-11-24 13:00:00] ERROR ${HOSTILE}\u001b[0m\n`,
  });
  const zip = join(monitor.dataDir, "archives", "vkusny-dom/tverskaya-12/1.zip");
  const bytes = readFileSync(zip).toString("latin1").replaceAll("<script>alert", "../../../../x");
  for (const content of [null, Buffer.from(bytes, "latin1")]) {
    if (content) writeFileSync(zip, content);
    const query = `line=1&q=${encodeURIComponent(HOSTILE)}`;
    for (const view of ["../files", `1?${query}`, `1?${query}&find=next`]) {
      const { body, statusCode } = await get(view);
      t.ok([200, 303].includes(statusCode), `${view}: ${statusCode}`);
      t.notMatch(body, /<script>alert/);
    }
  }
  const { body } = await get("1?line=1");
  t.match(body, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;␛[0m");
  t.match(textOf(body), "../../../../x");
});

t.test("a long line is cut, and shown in full when asked for or searched", async (t) => {
  const long = `[2026-11-24 13:00:00] INFO ${"x".repeat(5_000)} needle`;
  const { get } = await startWithArchive(t, { "a.log": `${long}\n${"y".repeat(70_000)}\n` });
  const cut = await get("?line=2");
  t.notMatch(cut.body, "needle");
  const whole = hrefOf(lineOf(cut.body, 1), /whole=1/);
  t.match((await get(whole)).body, "needle");
  t.match(lineOf((await get("?line=2&whole=2")).body, 2), /ещё 4,4 кБ/);
  const found = await get("?q=needle&find=next");
  t.match((await get(String(found.headers.location))).body, "<mark>needle</mark>");
});

t.test("who looks at a file is in the audit log, once an hour", async (t) => {
  const { monitor, get } = await startWithArchive(t, { "a.log": serviceLog(1_000), "b.log": "x\n" });
  await get("../files");
  t.same(await views(monitor), [], "a list shows nothing of a log");
  for (const view of ["1", "1?line=5", "1?before=500", "1?q=x&find=next"]) await get(view);
  t.match(await views(monitor), [
    {
      userLogin: "test-administrator",
      subject: "Тверская, 12",
      detail: [{ key: "archivedLog", values: { day: "2026-11-24", number: 1, file: "a.log" } }],
      posServerId: 1,
    },
  ]);
  await get("2?line=1");
  t.equal((await views(monitor)).length, 2, "another file");
  monitor.clock.advance(61 * 60_000);
  await get("1?line=1");
  t.equal((await views(monitor)).length, 3, "an hour later");
});

t.test("an archive that was removed, is missing, damaged or was never fetched says so", async (t) => {
  const { monitor, id: damaged, get } = await startWithArchive(t, { "a.log": "x" });
  const removed = await addLogArchive(monitor, null, { removedAt: monitor.clock() });
  const missing = await addLogArchive(monitor, null);
  writeFileSync(join(monitor.dataDir, "archives", `vkusny-dom/tverskaya-12/${damaged}.zip`), "no zip");
  for (const view of ["files", "files/1"]) {
    const cases = {
      [removed]: [410, /срок хранения/i],
      [missing]: [503, /хранилище не подключено/],
      [damaged]: [500, /повреждён/],
    };
    for (const [id, [status, text]] of Object.entries(cases)) {
      const answer = await get(`/log-archives/${id}/${view}`);
      t.equal(answer.statusCode, status);
      t.match(textOf(answer.body), text as RegExp);
      t.notMatch(answer.body, monitor.dataDir);
    }
  }
  await monitor.db.updateTable("logArchive").set({ status: "failed" }).execute();
  for (const view of ["../files", "1", "1?line=1"]) t.equal((await get(view)).statusCode, 404, view);
  t.same(await views(monitor), []);
});

t.test("a file whose bytes are damaged says so, and so does one whose cache was emptied", async (t) => {
  const { monitor, id, get } = await startWithArchive(t, { "a.log": serviceLog(5_000) });
  const zip = join(monitor.dataDir, "archives", `vkusny-dom/tverskaya-12/${id}.zip`);
  const bytes = readFileSync(zip);
  writeFileSync(zip, Buffer.from(bytes).fill(0x55, 200, 400));
  const answer = await get("1?line=1");
  t.equal(answer.statusCode, 500);
  t.match(textOf(answer.body), /Файл в архиве повреждён/);

  const second = await addLogArchive(monitor, { "a.log": serviceLog(10) });
  t.equal((await get(`/log-archives/${second}/files/1?line=1`)).statusCode, 200);
  rmSync(join(monitor.dataDir, "log-cache"), { recursive: true });
  t.equal((await get(`/log-archives/${second}/files/1?line=1`)).statusCode, 200);
});
