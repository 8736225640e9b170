import t, { type Test } from "tap";
import { kindId } from "../../src/monitor/log-patterns/teaching/seen-kinds.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { patternOfKind } from "../../src/protocol/taught-pattern.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { MINUTE_MS } from "../helpers/clock.ts";
import { signedIn, type TestBrowser, textOf, unescapeHtml } from "../helpers/page.ts";
import { kindOf, NO_TRIAL, refuse, startTeachableServer } from "../helpers/teachable-server.ts";

const DONE = "SyncJob # done in # ms";
const BROKE = "SyncJob # broke: «…»";
const DONE_PATTERN = "SyncJob \\S+ done in \\S+ ms";
const BROKE_PATTERN = "(?<message>SyncJob \\S+ broke:.*)";
const field = (text: string) => `kind-${kindId(text)}`;

async function startTeaching(t: Test) {
  const monitor = await startMonitor(t);
  const server = await startTeachableServer(t, monitor.clock);
  const at = (agoMs: number) => new Date(monitor.clock() - agoMs).toISOString();
  server.reported = { syncedAgoMs: null, logs: { found: true, unmatched: true } };
  server.kinds = {
    lines: 4_321,
    isCut: true,
    kinds: [
      kindOf("Request # from till #", { count: 4_000, lastAt: at(0), example: "Request 17 from till 2" }),
      kindOf(DONE, { count: 212, lastAt: at(3 * MINUTE_MS), example: "SyncJob 5 done in 31 ms" }),
      kindOf(BROKE, { count: 5, level: "ERROR", example: "SyncJob 6 broke: «нет места»" }),
      kindOf("OK", { count: 2 }),
      kindOf("Guest # asked", { example: "Guest +79161234567 asked" }),
    ],
  };
  server.trial = {
    ...NO_TRIAL,
    succeeded: { count: 212, last: { at: at(3 * MINUTE_MS), text: "SyncJob 5 done in 31 ms" } },
    failed: { count: 5, last: { at: at(20 * MINUTE_MS), text: "SyncJob 6 broke: guest +79161234567" } },
  };
  const id = await monitor.addPosServer({ address: server.address, fingerprint: server.fingerprint });
  await monitor.app.pollNow(id);
  const administrator = await signedIn(monitor, { name: "Анна", isAdministrator: true });
  return { monitor, server, id, administrator, url: `/pos-servers/${id}` };
}

/** The form of a page as a browser would send it, with changes. */
function formOf(html: string, changes: Record<string, string> = {}): Record<string, string> {
  const [, form = ""] = /<form [^>]*id="teaching"([\s\S]*?)<\/form>/.exec(html) ?? [];
  const fields: Record<string, string> = {};
  for (const [, name = "", value = ""] of form.matchAll(
    /<input type="hidden" name="([^"]+)" value="([^"]*)"/g,
  ))
    fields[name] = unescapeHtml(value);
  for (const [, name = "", options = ""] of form.matchAll(
    /<select name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g,
  ))
    fields[name] = /value="(\w+)" selected/.exec(options)?.[1] ?? "";
  for (const [, name = "", value = ""] of form.matchAll(
    /<textarea id="(\w+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  ))
    fields[name] = unescapeHtml(value);
  fields.scope = /name="scope" value="(\w+)" checked/.exec(form)?.[1] ?? "";
  fields.q = unescapeHtml(/name="q" type="search" value="([^"]*)"/.exec(form)?.[1] ?? "");
  const { _csrf, ...others } = fields;
  return { ...others, ...changes };
}

/** What the box confirms that is shown. */
const confirmationIn = (html: string) => /name="confirmed" value="([^"]*)"/.exec(html)?.[1] ?? "";

const choiceOf = (html: string, text: string) => formOf(html)[field(text)];

/** Sends the form of a page, to be saved unless told. */
async function send(
  browser: TestBrowser,
  url: string,
  { body }: { body: string },
  changes: Record<string, string> = {},
) {
  const form = formOf(body, { step: "save", ...changes });
  return await browser.post(`${url}/${form.step === "save" ? "log-patterns" : "log-pattern-trials"}`, form);
}

async function save(browser: TestBrowser, url: string, changes: Record<string, string>) {
  return await send(browser, url, await browser.get(`${url}/log-patterns`), changes);
}

/** The addresses that take back what is in force, as it is listed. */
async function takeBackUrls(browser: TestBrowser): Promise<string[]> {
  const { body } = await browser.get("/settings/log-patterns");
  return [...body.matchAll(/href="([^"]+)\/withdrawal\/new"/g)].map(([, url]) => `${url}/withdrawal`);
}

async function setsOf({ app }: Awaited<ReturnType<typeof startMonitor>>) {
  const rows = await app.database.db.selectFrom("logPatternSet").selectAll().orderBy("id").execute();
  return rows.map(({ patterns, posServerId, userName }) => ({
    patterns: JSON.parse(patterns),
    posServerId,
    userName,
  }));
}

t.test("from the list to a working exchange: step, lines, trial, what was saved and sent", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const list = await administrator.get("/pos-servers");
  t.match(list.body, new RegExp(`<a[^>]* href="${url}/log-patterns"[^>]*>Разобрать лог</a>`));
  const own = await administrator.get(url);
  t.match(textOf(own.body), /не узнаёт в нём обмен.*Разобрать лог/);

  const page = await administrator.get(`${url}/log-patterns`);
  t.equal(page.statusCode, 200);
  t.match(page.body, / rows="\d+"/, "a field takes nothing of what its page has");
  t.notMatch(page.body, "[object Object]");
  const text = textOf(page.body);
  t.ok(text.indexOf(DONE) < text.indexOf("Request # from till #"), "words about exchange come first");
  t.match(
    text,
    /SyncJob # done in # ms 212 раз · INFO · последняя 12:57 Пример целиком SyncJob 5 done in 31 ms/,
  );
  t.match(text, /Просмотрена 4 ?321 строка .*Лог больше.*внутри строк — время POS-сервера/);
  t.match(text, /Guest \+7 916 •••-••-67 asked/);
  t.notMatch(page.body, "79161234567");
  t.same(Object.fromEntries(server.periods[0] ?? []), {
    from: "2026-11-23T10:00:00.000Z",
    to: "2026-11-24T10:00:00.000Z",
  });

  const marked = formOf(page.body, { [field(DONE)]: "succeeded", [field(BROKE)]: "failed", step: "try" });
  const tried = await administrator.post(`${url}/log-pattern-trials`, marked);
  t.equal(tried.statusCode, 200);
  t.strictSame(server.tried, [
    { attempted: [], succeeded: [DONE_PATTERN], failed: [BROKE_PATTERN], excluded: [] },
  ]);
  t.match(
    textOf(tried.body),
    /Найдено 212 успешных обменов, последний раз 3 мин назад\. .*Найдено 5 ошибок обмена, последний раз 20 мин назад\. SyncJob 6 broke: guest \+7 916 •••-••-67/,
  );
  t.equal(choiceOf(tried.body, DONE), "succeeded");
  t.equal(choiceOf(tried.body, BROKE), "failed");
  t.same(server.taught, []);

  server.reported = { syncedAgoMs: 3 * MINUTE_MS };
  const saved = await send(administrator, url, tried);
  t.equal(saved.statusCode, 303);
  t.equal(saved.headers.location, url);
  t.strictSame(server.taught, [
    { attempted: [], succeeded: [DONE_PATTERN], failed: [BROKE_PATTERN], excluded: [] },
  ]);
  const after = textOf((await administrator.get(url)).body);
  t.match(after, /Шаблоны сохранены и отправлены\. Найдено 212 успешных обменов/);
  t.match(after, /Синхронизирован .*Шаблоны логов переданы/);
  t.match(await setsOf(monitor), [{ posServerId: null, userName: "Анна" }]);

  const again = await administrator.get(`${url}/log-patterns`);
  t.equal(choiceOf(again.body, DONE), "succeeded", "what is in force is marked");
  t.match(await recordedEvents(monitor.db, "log_patterns_teach"), [
    { userName: "Анна", posServerId: null, result: "done" },
  ]);
});

t.test("how times are written that nobody can read is asked first, by examples", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const page = async () => (await administrator.get(`${url}/log-patterns`)).body;
  t.notMatch(await page(), "Время строк не распознано");
  const { kinds } = server.kinds;
  server.kinds.kinds = [kindOf("# # Cycle # closed", { example: "24112026 100001 Cycle 7 closed" })];
  const asked = await page();
  t.match(textOf(asked), /Время строк не распознано.* 24112026 100001 Cycle 7 closed .*24112026 100001/);
  t.notMatch(asked, "<select", "what lines mean comes later");
  const [, timestamp = ""] = /value="([^"]+)"> 24112026 100001</.exec(asked) ?? [];
  const chosen = { scope: "own", timestamp: unescapeHtml(timestamp) };
  t.match((await save(administrator, url, { ...chosen, timestamp: "^x" })).body, "Ничего не отмечено");
  const saved = await save(administrator, url, chosen);
  t.equal(saved.headers.location, `${url}/log-patterns`);
  const time = { attempted: [], succeeded: [], failed: [], excluded: [], timestamp: chosen.timestamp };
  t.strictSame(server.taught, [time]);

  server.kinds.kinds = kinds;
  t.match(await page(), /checked> 24112026 100001</, "what is in force is chosen");
  await save(administrator, url, { ...chosen, [field(DONE)]: "succeeded" });
  t.strictSame(server.taught.at(-1), { ...time, succeeded: [DONE_PATTERN] });
  t.match(textOf((await administrator.get("/settings/log-patterns")).body), /2 шаблона .*время строки/);
  await save(administrator, url, { timestamp: "", [field(DONE)]: "nothing" });
  t.strictSame(
    server.taught.at(-1),
    { attempted: [], succeeded: [], failed: [], excluded: [] },
    "taken back",
  );
  t.equal((await setsOf(monitor)).length, 3);
});

t.test("a failure stands for other reasons, where nothing else begins as it does", async (t) => {
  const { server, administrator, url } = await startTeaching(t);
  const kind = (text: string, level = "ERROR", count = 3) =>
    kindOf(text, { count, level, lastAt: new Date(0).toISOString() });
  const kinds = [
    kind("Bag # turned back: no seal #"),
    kind("Bag # turned back: no wax: none"),
    kind("Till #: bag lost"),
  ];
  server.kinds.kinds = [...kinds, kind("Till #: guest asked", "ERROR", 70), kind("Bag # came home", "INFO")];
  const page = await administrator.get(`${url}/log-patterns`);
  const marks = {
    [field("Bag # came home")]: "succeeded",
    [field("Bag # turned back: no wax: none")]: "failed",
  };
  const form = formOf(page.body, { ...marks, [field("Till #: bag lost")]: "failed", step: "save" });
  await administrator.post(`${url}/log-patterns`, form);
  t.match(server.taught, [
    { failed: ["(?<message>Bag \\S+ turned back:.*)", "(?<message>Till \\S+: bag lost)"] },
  ]);
  const again = (await administrator.get(`${url}/log-patterns`)).body;
  t.equal(choiceOf(again, "Bag # turned back: no seal #"), "failed", "it is covered");
  t.equal(choiceOf(again, "Till #: guest asked"), "nothing");
});

t.test("a time is told beside the patterns of all, which stay as they are", async (t) => {
  const { server, administrator, url } = await startTeaching(t);
  await save(administrator, url, { [field(DONE)]: "succeeded", scope: "all" });
  const [before] = server.taught;
  server.kinds.kinds = [kindOf("# # Cycle # closed")];
  server.trial = NO_TRIAL;
  const { body } = await administrator.get(`${url}/log-patterns`);
  t.equal(formOf(body).scope, "own", "others may write it as usual");
  const [, timestamp = ""] = /value="([^"]+)"> 24.11.2026 10.00.01</.exec(body) ?? [];
  const saved = await save(administrator, url, { timestamp: unescapeHtml(timestamp) });
  t.equal(saved.headers.location, `${url}/log-patterns`);
  t.strictSame(server.taught.at(-1), { ...before, timestamp: unescapeHtml(timestamp) });
});

t.test("where the agent finds no logs nothing is to be taught", async (t) => {
  const { monitor, server, id, administrator, url } = await startTeaching(t);
  server.reported = { syncedAgoMs: null, logs: { found: false, unmatched: false } };
  await monitor.app.pollNow(id);
  for (const page of ["/pos-servers", url]) {
    const text = textOf((await administrator.get(page)).body);
    t.match(text, /Агент не находит логов POS-сервера.*Найти логи/, page);
    t.notMatch(text, "Разобрать лог", page);
  }
});

t.test("only administrators come there; others are led to the logs and told whom to ask", async (t) => {
  const { monitor, url } = await startTeaching(t);
  const user = await signedIn(monitor, { organizations: "all" });
  t.equal((await user.get(`${url}/log-patterns`)).statusCode, 404);
  t.equal((await user.post(`${url}/log-patterns`)).statusCode, 404);
  const page = (await user.get(url)).body;
  t.notMatch(page, "/log-patterns");
  t.match(textOf(page), /Это может сделать системный администратор/);
});

const linesOf = (count: number, pattern: string) =>
  Array.from({ length: count }, (_, at) => `${pattern}${at}`).join("\n");
const REFUSED: [name: string, changes: Record<string, string>, fieldName: string, problem: RegExp][] = [
  ["is no expression", { succeeded: "done (" }, "succeeded", /Это не регулярное выражение/],
  ["could take any time", { failed: "broke (?=x)" }, "failed", /не должно быть просмотра вперёд/],
  ["has no word", { succeeded: ".+" }, "succeeded", /Слишком общий шаблон/],
  ["is of a kind without a word", { [field("OK")]: "succeeded" }, field("OK"), /Слишком общий шаблон/],
  ["is one of too many", { attempted: linesOf(51, "began") }, "attempted", /не больше 50/],
  [
    "takes too much",
    { succeeded: linesOf(40, "(?:.{1,1000}|)".repeat(60)), failed: linesOf(40, "(?:.?.?){1000}broke") },
    "succeeded",
    /Слишком сложный шаблон/,
  ],
  ["is too long", { excluded: "x".repeat(1_001) }, "excluded", /не больше 1000 знаков/],
];
for (const [name, changes, fieldName, problem] of REFUSED) {
  t.test(`a pattern that ${name} is refused beside its field, and all that was typed is kept`, async (t) => {
    const { monitor, server, administrator, url } = await startTeaching(t);
    const filled = { [field(DONE)]: "succeeded", excluded: "till", scope: "own", ...changes };
    for (const step of ["save", "try"]) {
      const page = await administrator.get(`${url}/log-patterns`);
      const path = step === "save" ? "log-patterns" : "log-pattern-trials";
      const answer = await administrator.post(`${url}/${path}`, formOf(page.body, { ...filled, step }));
      t.equal(answer.statusCode, 422);
      const [, shown = ""] = new RegExp(`id="problem-${fieldName}">([^<]*)<`).exec(answer.body) ?? [];
      t.match(shown, problem);
      t.match(formOf(answer.body), filled);
    }
    t.same(await setsOf(monitor), []);
    t.same(server.tried, []);
  });
}

t.test("what would mean both a success and a failure is refused at the pattern that does", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  server.trial = {
    ...server.trial,
    contradictions: { count: 5, last: { at: null, text: "SyncJob 6 broke: «x»" } },
  };
  const answer = await save(administrator, url, {
    [field(BROKE)]: "failed",
    [field(DONE)]: "succeeded",
    succeeded: "SyncJob",
  });
  t.equal(answer.statusCode, 422);
  t.match(answer.body, /id="problem-succeeded">[^<]*Под этот шаблон подходит и строка об ошибке/);
  t.match(textOf(answer.body), /5 строк подходят и под успех, и под ошибку/);
  t.same(await setsOf(monitor), []);
});

t.test("a success that nearly every line would be is refused", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  server.trial = {
    ...NO_TRIAL,
    succeeded: { count: 80, last: { at: null, text: "SyncJob 7 done in 12 ms" } },
    lines: 100,
  };
  const answer = await save(administrator, url, { succeeded: "SyncJob|done" });
  t.equal(answer.statusCode, 422);
  t.match(answer.body, /id="problem-succeeded">[^<]*почти весь лог/);
  t.same(await setsOf(monitor), []);
  server.trial.succeeded.count = 75;
  t.equal((await save(administrator, url, { succeeded: "SyncJob|done" })).statusCode, 303);
});

t.test("a success that sounds like a failure is tried, but saved only when that is confirmed", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  server.kinds.kinds.push(
    kindOf("Round # over", { level: "WARN" }),
    kindOf("Sync done, # errors", { says: { kind: "succeeded", evidence: "guess" } }),
  );
  server.trial = NO_TRIAL;
  const marks = { [field(BROKE)]: "succeeded", [field("Round # over")]: "succeeded" };
  const page = await administrator.get(`${url}/log-patterns`);
  const tried = await send(administrator, url, page, { step: "try", ...marks });
  t.equal(tried.statusCode, 200);
  t.notMatch(tried.body, "problem-confirmed");
  let answer = await save(administrator, url, { ...marks, [field("Sync done, # errors")]: "succeeded" });
  // A tick confirms what was read, and nothing else.
  for (const said of [
    { [field(BROKE)]: "отмечена как успех", [field("Round # over")]: "отмечена как успех" },
    { confirmed: "ни одного успешного" },
  ]) {
    t.equal(answer.statusCode, 422);
    const told = [...answer.body.matchAll(/id="problem-([^"]+)">([^<]*)/g)];
    t.match(Object.fromEntries(told.map(([, name, problem]) => [name, problem])), said);
    t.equal(told.length, Object.keys(said).length);
    t.same(await setsOf(monitor), []);
    const confirmed = confirmationIn(answer.body);
    answer = await administrator.post(
      `${url}/log-patterns`,
      formOf(answer.body, { step: "save", confirmed }),
    );
  }
  t.equal(answer.statusCode, 303);
  t.equal((await setsOf(monitor)).length, 1);
});

t.test("patterns are proposed for all where most of the chain reads the same", async (t) => {
  const { monitor, server, id, administrator, url } = await startTeaching(t);
  const proposed = async () => formOf((await administrator.get(`${url}/log-patterns`)).body).scope;
  t.equal(await proposed(), "all", "nobody can read what most have");
  for (const name of ["Невский", "Садовая"])
    await monitor.report(await monitor.addPosServer({ name }), { logs: { found: true, unmatched: false } });
  t.equal(await proposed(), "own", "most can be read");
  await save(administrator, url, { succeeded: "SyncJob .+ done", scope: "all" });
  t.equal(await proposed(), "own", "what all have does not fit its log");
  server.reported = { logs: { found: true, unmatched: false } };
  await monitor.app.pollNow(id);
  t.equal(await proposed(), "all");
});

t.test("a pattern that its agent does not take is told beside its field", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const reason = "/failed/0: 612 instructions, more than 500";
  server.instead.set("POST /v1/log-pattern-trials", refuse(400, "invalid_pattern", reason));
  const answer = await save(administrator, url, { [field(DONE)]: "succeeded", [field(BROKE)]: "failed" });
  t.equal(answer.statusCode, 422);
  t.match(answer.body, new RegExp(`id="problem-${field(BROKE)}">[^<]*не принял такой шаблон`));
  t.match(textOf(answer.body), /Агент отказался.*612 instructions/);
  t.same(await setsOf(monitor), []);
});

t.test("an agent that fails is told in words, and nothing is lost", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const page = await administrator.get(`${url}/log-patterns`);
  server.instead.set("POST /v1/log-pattern-trials", refuse(503, "busy"));
  const form = formOf(page.body, { [field(DONE)]: "succeeded", step: "save" });
  const answer = await administrator.post(`${url}/log-patterns`, form);
  t.equal(answer.statusCode, 409);
  t.match(textOf(answer.body), /Агент уже просматривает лог/);
  t.equal(choiceOf(answer.body, DONE), "succeeded");
  t.same(await setsOf(monitor), []);

  server.isOutdated = true;
  const outdated = await administrator.get(`${url}/log-patterns`);
  t.equal(outdated.statusCode, 200);
  t.match(textOf(outdated.body), /Лог не удалось посмотреть\. Агент устарел, обновите его/);
});

t.test("the log of a POS server that is another organization's is neither shown nor taught", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const begun = await administrator.get(`${url}/log-patterns`);
  const mine = formOf(begun.body, { [field(DONE)]: "succeeded" });
  await monitor.db.updateTable("organization").set({ crmId: "999999" }).execute();

  const page = await administrator.get(`${url}/log-patterns`);
  t.match(textOf(page.body), /Лог не удалось посмотреть\. POS-сервер привязан к другой организации/);
  t.notMatch(page.body, "SyncJob");
  const tried = await administrator.post(`${url}/log-pattern-trials`, { ...mine, step: "try" });
  t.match(textOf(tried.body), /POS-сервер привязан к другой организации/);
  t.notMatch(textOf(tried.body), /Найдено 212/);
  const answer = await administrator.post(`${url}/log-patterns`, { ...mine, step: "save" });
  t.equal(answer.statusCode, 409);
  t.match(textOf(answer.body), /POS-сервер привязан к другой организации/);
  t.same(server.taught, []);
  t.same(await setsOf(monitor), []);
});

t.test(
  "of a parked POS server nothing is asked nor leads to teaching it, and a form outlives it",
  async (t) => {
    const { monitor, server, id, administrator, url } = await startTeaching(t);
    const link = `href="${url}/log-patterns"`;
    t.equal((await administrator.get(url)).body.split(link).length, 4, "step, log and menu");
    const begun = await administrator.get(`${url}/log-patterns`);
    const mine = formOf(begun.body, { [field(DONE)]: "succeeded" });
    const { db } = monitor.app.database;
    await setParked(db, id, true, monitor.clock());

    t.notMatch((await administrator.get(url)).body, link);
    const asked = server.periods.length;
    const page = await administrator.get(`${url}/log-patterns`);
    t.match(textOf(page.body), /Лог не удалось посмотреть\. Опрос этого POS-сервера приостановлен/);
    const tried = await administrator.post(`${url}/log-pattern-trials`, { ...mine, step: "try" });
    t.match(textOf(tried.body), /Опрос этого POS-сервера приостановлен/);
    const answer = await send(administrator, url, tried);
    t.equal(answer.statusCode, 409);
    t.equal(formOf(answer.body)[field(DONE)], "succeeded");
    t.match(await monitor.app.logPatterns.sendNow(id), { code: "parked" });
    t.same([server.periods.length, server.tried, server.taught], [asked, [], []]);
    t.same(await setsOf(monitor), []);

    await setParked(db, id, false, monitor.clock());
    await send(administrator, url, answer);
    t.strictSame(server.taught.at(-1)?.succeeded, [DONE_PATTERN]);
  },
);

t.test("a POS server whose clock is behind is asked for the day as it has it", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const shift = { clockShiftMs: 60 * MINUTE_MS };
  await monitor.db.updateTable("posStatus").set(shift).execute();
  await administrator.get(`${url}/log-patterns`);
  t.equal(server.periods.at(-1)?.get("from"), "2026-11-23T09:00:00.000Z");
});

t.test("a form outlives a restart, also of a line that is in the log no longer", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const page = await administrator.get(`${url}/log-patterns`);
  const marked = formOf(page.body, { [field(DONE)]: "succeeded", [field(BROKE)]: "failed", step: "try" });
  const tried = await administrator.post(`${url}/log-pattern-trials`, marked);
  await monitor.app.close();
  const again = await startMonitor(t, { dataDir: monitor.dataDir, clock: monitor.clock });
  const browser = await signedIn(again, { isAdministrator: true });

  server.isOutdated = true;
  const without = await send(browser, url, tried);
  t.equal(without.statusCode, 409);
  t.equal(formOf(without.body)[field(DONE)], "succeeded", "also while the agent does not answer");

  server.isOutdated = false;
  server.kinds.kinds = server.kinds.kinds.filter(({ text }) => text !== BROKE);
  const searched = await send(browser, url, without, { step: "search" });
  t.equal(formOf(searched.body).failed, patternOfKind(BROKE, true), "it is among those written by hand");
  t.equal((await send(browser, url, searched)).statusCode, 303);
  t.strictSame(server.taught.at(-1)?.failed, [patternOfKind(BROKE, true)]);
});

t.test("without JavaScript the server finds lines, and what was marked in others is kept", async (t) => {
  const { administrator, url } = await startTeaching(t);
  const page = await administrator.get(`${url}/log-patterns`);
  const found = await send(administrator, url, page, {
    [field(DONE)]: "succeeded",
    q: "TILL",
    step: "search",
  });
  t.match(textOf(found.body), /Показано 1 из 5/);
  t.notMatch(found.body, `<select name="${field(DONE)}"`);
  t.equal(formOf(found.body)[field(DONE)], "succeeded");
  const moved = await send(administrator, url, found, { q: "", step: "move" });
  t.equal(formOf(moved.body).succeeded, DONE_PATTERN);
  t.equal(choiceOf(moved.body, DONE), "nothing");
  const reloaded = await administrator.get(`${url}/log-pattern-trials`);
  t.equal(reloaded.headers.location, `${url}/log-patterns`);
});

t.test("of this one only, added to those of all, and what somebody else saved meanwhile", async (t) => {
  const { monitor, server, id, administrator, url } = await startTeaching(t);
  await save(administrator, url, { [field(DONE)]: "succeeded" });
  await save(administrator, url, { [field(BROKE)]: "failed", scope: "own" });
  const sets = await setsOf(monitor);
  t.match(sets[1], { posServerId: id, patterns: { succeeded: [], failed: [BROKE_PATTERN] } });
  t.strictSame(server.taught.at(-1), {
    attempted: [],
    succeeded: [DONE_PATTERN],
    failed: [BROKE_PATTERN],
    excluded: [],
  });

  const mine = await administrator.get(`${url}/log-patterns`);
  t.match(formOf(mine.body), {
    scope: "own",
    basis: "own",
    [field(BROKE)]: "failed",
    [field(DONE)]: "nothing",
  });
  const other = await signedIn(monitor, { name: "Борис", isAdministrator: true });
  await save(other, url, { succeeded: "Finished" });
  const late = await send(administrator, url, mine, { excluded: "till" });
  t.equal(late.statusCode, 409);
  t.match(textOf(late.body), /другие шаблоны сохранили: Борис/);
  t.equal(formOf(late.body).excluded, "till");
  t.equal((await send(administrator, url, late)).statusCode, 303);
});

t.test("what others change meanwhile where a form began is looked at again, nothing is lost", async (t) => {
  const { monitor, server, id, administrator, url } = await startTeaching(t);
  await save(administrator, url, { [field(DONE)]: "succeeded" });
  const begun = await administrator.get(`${url}/log-patterns`);
  const mine = formOf(begun.body, { [field(BROKE)]: "failed", scope: "own", step: "save" });
  t.match(mine, { basis: "all", [field(DONE)]: "succeeded" });
  const other = await signedIn(monitor, { name: "Борис", isAdministrator: true });
  await save(other, url, { [field(DONE)]: "nothing", succeeded: "Finished", scope: "all" });

  const late = await administrator.post(`${url}/log-patterns`, mine);
  t.equal(late.statusCode, 409);
  t.match(textOf(late.body), /шаблоны, с которых вы начали, заменили: Борис, 13:00\. Проверьте отметки/);
  t.match(formOf(late.body), { [field(DONE)]: "succeeded", [field(BROKE)]: "failed", scope: "own" });
  t.equal((await setsOf(monitor)).length, 2);

  const [ofAll = ""] = await takeBackUrls(other);
  await other.post(ofAll);
  const later = await send(administrator, url, late);
  t.equal(later.statusCode, 409);
  t.match(textOf(later.body), /шаблоны, с которых вы начали, убрали/);
  const saved = await send(administrator, url, later);
  t.equal(saved.statusCode, 303);
  t.match((await setsOf(monitor))[2], { posServerId: id, patterns: { failed: [BROKE_PATTERN] } });
  t.strictSame(server.taught.at(-1)?.succeeded, [DONE_PATTERN]);
});

t.test("what others teach meanwhile where a form does not begin is added to", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  const begun = await administrator.get(`${url}/log-patterns`);
  const mine = formOf(begun.body, { [field(DONE)]: "succeeded", scope: "own", step: "save" });
  const other = await signedIn(monitor, { name: "Борис", isAdministrator: true });
  await save(other, url, { succeeded: "Finished", scope: "own" });
  const late = await administrator.post(`${url}/log-patterns`, mine);
  t.equal(late.statusCode, 409);
  t.match(textOf(late.body), /сохранили: Борис, 13:00\. Сохраните ещё раз, чтобы добавить к ним свои/);
  await send(administrator, url, late);
  t.strictSame(server.taught.at(-1)?.succeeded, ["Finished", DONE_PATTERN]);
});

t.test("what is in force is listed first, however much was taught after it", async (t) => {
  const { monitor, administrator, url } = await startTeaching(t);
  await save(administrator, url, { [field(DONE)]: "succeeded" });
  const { db } = monitor.app.database;
  const { id: _own, ...set } = await db.selectFrom("logPatternSet").selectAll().executeTakeFirstOrThrow();
  const posServerId = await monitor.addPosServer({ name: "Невский" });
  const later = { ...set, posServerId };
  await db
    .insertInto("logPatternSet")
    .values(Array.from({ length: 250 }, () => later))
    .execute();
  const { body } = await administrator.get("/settings/log-patterns");
  t.match(
    textOf(body),
    /Невский 1 шаблон .*действуют .*Все POS-серверы 1 шаблон .*действуют .*Анна, 24\.11 13:00 .*Вернуть прежние .*заменены/,
  );
  t.equal((await takeBackUrls(administrator)).length, 2);
  t.equal(body.match(/<tr role="row" class="muted"/g)?.length, 200);
});

t.test("what is in force is listed with who has taken it, and taken back after a question", async (t) => {
  const { monitor, server, administrator, url } = await startTeaching(t);
  await save(administrator, url, { [field(DONE)]: "succeeded" });
  await save(administrator, url, { [field(BROKE)]: "failed", scope: "all" });
  await monitor.report(await monitor.addPosServer(), { agent: {} });
  const list = await administrator.get("/settings/log-patterns");
  const text = textOf(list.body);
  t.match(
    text,
    /Все POS-серверы 2 шаблона .*действуют Передано POS-серверам: 1 из 1\. Ещё у 1 агент устарел\. Анна, 24\.11 13:00 Тверская.*Вернуть прежние.*заменены более новыми/,
  );
  t.equal(list.body.match(/withdrawal\/new/g)?.length, 1);
  const [, dialog = ""] = /href="([^"]+withdrawal\/new)"/.exec(list.body) ?? [];
  t.match(
    textOf((await administrator.get(dialog)).body),
    /Снова будут действовать шаблоны от 24\.11 13:00 \(Анна\)/,
  );

  const path = dialog.replace("/new", "");
  t.equal((await administrator.post(path)).headers.location, "/settings/log-patterns?notice=withdrawn");
  t.equal((await administrator.post(path)).statusCode, 404, "once");
  await monitor.app.logPatterns.tick();
  await monitor.app.logPatterns.idle();
  t.strictSame(server.taught.at(-1)?.failed, []);
  t.match(textOf((await administrator.get("/settings/log-patterns")).body), /убраны 24\.11 13:00: Анна/);
  const audit = textOf((await administrator.get("/audit")).body);
  t.match(audit, /Возврат прежних шаблонов логов .*для всех POS-серверов; успех: 1, ошибка: 1/);
});
