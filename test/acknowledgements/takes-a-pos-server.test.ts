import t from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { readUntil, untilChoices } from "../../src/monitor/restaurants/until-choices.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { signedIn, startFor, type TestBrowser, textOf } from "../helpers/page.ts";

/** 15:00 in Moscow; the test's clock begins at 13:00 there. */
const AT_THREE = "2026-11-24T12:00Z";
const ACKNOWLEDGEMENT_ACTIONS = ["taking_begin", "taking_change", "taking_over", "taking_end"] as const;

async function cardOf(browser: TestBrowser, path: string): Promise<{ html: string; text: string }> {
  const [html = ""] =
    (await browser.html(path)).match(/<section[^>]*acknowledgement-card[\s\S]*?<\/section>/) ?? [];
  return { html, text: textOf(html) };
}

async function rowsOfAcknowledgements({ app }: TestMonitor) {
  return await app.database.db.selectFrom("acknowledgement").selectAll().orderBy("id").execute();
}

async function insteadOfIn(browser: TestBrowser, path: string): Promise<string> {
  return (await browser.html(`${path}/takings/new`)).match(/name="insteadOf" value="(\d+)"/)?.[1] ?? "";
}

t.test("whoever takes a POS server is seen by others, changes the end and ends it", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна Иванова", organizations: "all" });
  const pyotr = await signedIn(monitor, { name: "Пётр Смирнов", organizations: "all" });
  const path = `/pos-servers/${await monitor.addPosServer({ name: "Тверская, 12" })}`;
  const nobody = await cardOf(anna, path);
  t.match(
    nobody.text,
    /^Кто занимается Пока никто\. Занимаюсь на час до 15:00 до 16:00.* до утра, 09:00 С комментарием$/,
  );
  t.match(nobody.html, `<option value="${AT_THREE}" selected>до 15:00`);

  const answer = await anna.post(`${path}/takings`, { until: AT_THREE, note: "  жду \n звонка " });
  t.same([answer.statusCode, answer.headers.location], [303, path]);
  const others = (await cardOf(pyotr, path)).text;
  t.equal(others, "Кто занимается Анна Иванова занимается до 15:00 · с 13:00 жду звонка Взять на себя");
  const own = (await cardOf(anna, path)).text;
  t.equal(own, "Кто занимается Вы занимаетесь до 15:00 · с 13:00 жду звонка Закончить Изменить");

  const form = await anna.html(`${path}/takings/new`);
  t.match(form, `<option value="${AT_THREE}" selected>`);
  t.match(form, /name="note"[^>]*value="жду звонка"/);
  t.notMatch(form, "insteadOf");
  await anna.post(`${path}/takings`, { until: AT_THREE, note: "жду звонка" });
  monitor.clock.advance(1_000);
  await anna.post(`${path}/takings`, { until: "hour" });
  const until = Date.parse("2026-11-24T11:01:00Z");
  t.match(await rowsOfAcknowledgements(monitor), [{ note: null, endsAt: until, endedAt: null }]);
  t.match((await cardOf(anna, path)).text, "Вы занимаетесь до 14:01 · с 13:00 Закончить");

  await pyotr.post(`${path}/takings/end`);
  t.match(await rowsOfAcknowledgements(monitor), [{ endedAt: null }], "nobody else ends it");
  await anna.post(`${path}/takings/end`);
  await anna.post(`${path}/takings/end`);
  t.match(await rowsOfAcknowledgements(monitor), [{ endedBy: "person", endedAt: monitor.clock() }]);
  t.match((await cardOf(pyotr, path)).text, "Пока никто. В прошлый раз — Анна Иванова, 24.11. Занимаюсь");
  const events = await recordedEvents(monitor.db, ...ACKNOWLEDGEMENT_ACTIONS);
  for (const event of events) t.match(event, { userName: "Анна Иванова", subject: "Тверская, 12" });
  const note = { key: "takingNote", values: { note: "жду звонка" } };
  const takingUntil = (at: number) => ({ key: "takingUntil", values: { at } });
  t.same(
    events.map(({ action, detail }) => [action, detail]),
    [
      ["taking_begin", [takingUntil(Date.parse(AT_THREE)), note]],
      ["taking_change", [takingUntil(until)]],
      ["taking_end", null],
    ],
    "what changes nothing is not recorded",
  );
});

t.test("it is taken over from somebody only by who has seen whose it is", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна Иванова", organizations: "all" });
  const pyotr = await signedIn(monitor, { name: "Пётр Смирнов", organizations: "all" });
  const oleg = await signedIn(monitor, { name: "Олег", organizations: "all" });
  const path = `/pos-servers/${await monitor.addPosServer({ name: "Тверская, 12" })}`;
  await anna.post(`${path}/takings`, { until: AT_THREE, note: "еду туда" });

  const refused = await pyotr.post(`${path}/takings`, { until: "hour", note: "сброшу базу" });
  t.equal(refused.statusCode, 409, "the card that he saw said nobody");
  t.match(
    textOf(refused.body),
    /Взять на себя: Тверская, 12.*Этим уже занимаются\. Сейчас этим занимается Анна Иванова, до 15:00\. Комментарий: еду туда/,
  );
  t.match(refused.body, /value="hour" selected/, "what was chosen is kept");
  t.match(refused.body, /name="note"[^>]*value="сброшу базу"/);
  t.match(await rowsOfAcknowledgements(monitor), [{ userName: "Анна Иванова", endedAt: null }]);

  const seen = await insteadOfIn(pyotr, path);
  await oleg.post(`${path}/takings`, { until: "hour", insteadOf: await insteadOfIn(oleg, path) });
  const late = await pyotr.post(`${path}/takings`, { until: "hour", insteadOf: seen });
  t.equal(late.statusCode, 409, "somebody else was faster");
  t.match(textOf(late.body), "занимается Олег");
  const insteadOf = late.body.match(/name="insteadOf" value="(\d+)"/)?.[1] ?? "";
  t.equal((await pyotr.post(`${path}/takings`, { until: "hour", insteadOf })).statusCode, 303);
  t.match(await rowsOfAcknowledgements(monitor), [
    { userName: "Анна Иванова", endedBy: "taken_over" },
    { userName: "Олег", endedBy: "taken_over" },
    { userName: "Пётр Смирнов", endedAt: null },
  ]);
  t.match((await recordedEvents(monitor.db, "taking_over"))[0]?.detail?.[0], {
    key: "takingInsteadOf",
    values: { name: "Анна Иванова" },
  });
  const log = await pyotr.text("/audit?action=taking_over");
  t.match(log, /Взятие в работу у коллеги.*вместо: Олег; до 24\.11 14:00/);
  const begun = await pyotr.text("/audit?action=taking_begin");
  t.match(begun, /Взятие в работу.*до 24\.11 15:00; комментарий: еду туда/);
});

t.test("bad input is said beside its field, what was typed is kept, and nothing is taken", async (t) => {
  const { monitor, user: anna } = await startFor(t, { organizations: "all" });
  const id = await monitor.addPosServer();
  const cases: [Record<string, string>, RegExp][] = [
    [{}, /id="problem-until">Выберите время из списка/],
    [{ until: "2026-11-24T10:00Z" }, /id="problem-until">Это время уже прошло/],
    [{ until: "2026-11-28T10:00Z" }, /id="problem-until">Не дальше трёх дней/],
    [
      { until: AT_THREE, note: "я".repeat(201) },
      /id="problem-note">Слишком длинный комментарий: не больше 200 знаков/,
    ],
  ];
  for (const [fields, message] of cases) {
    const { statusCode, body } = await anna.post(`/pos-servers/${id}/takings`, { note: "жду", ...fields });
    t.equal(statusCode, 422);
    t.match(body, message);
    t.match(body, new RegExp(`name="note"[^>]* value="${fields.note ?? "жду"}"`));
    t.match(body, /name="(?:until|note)"[^>]* autofocus[^>]* aria-invalid/, "the wrong one has the focus");
  }
  t.same(await rowsOfAcknowledgements(monitor), []);

  await setParked(monitor.db, id, true, monitor.clock());
  const { statusCode, body } = await anna.post(`/pos-servers/${id}/takings`, { until: "hour" });
  t.equal(statusCode, 409);
  t.match(textOf(body), "Опрос этого POS-сервера приостановлен. Сначала возобновите его.");
  t.match((await cardOf(anna, `/pos-servers/${id}`)).text, /^Кто занимается Опрос приостановлен\.$/);
  t.same(await rowsOfAcknowledgements(monitor), []);
});

t.test("when its time is over nobody has it, and of two who press at once one gets it", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна", organizations: "all" });
  const pyotr = await signedIn(monitor, { name: "Пётр", organizations: "all" });
  const path = `/pos-servers/${await monitor.addPosServer()}`;
  const take = (person: TestBrowser) => person.post(`${path}/takings`, { until: "hour" });
  await take(anna);
  monitor.clock.advance(HOUR_MS);
  t.match((await cardOf(pyotr, path)).text, "Пока никто. В прошлый раз — Анна", "whether or not a job ran");
  const answers = await Promise.all([take(anna), take(pyotr)]);
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 409], "nobody has to be asked");
  const [first, ...others] = await rowsOfAcknowledgements(monitor);
  t.match(first, { userName: "Анна", endedBy: "time" });
  t.match(others, [{ endedAt: null }]);
  const actions = (await recordedEvents(monitor.db, ...ACKNOWLEDGEMENT_ACTIONS)).map(({ action }) => action);
  t.same(actions, ["taking_begin", "taking_end", "taking_begin"]);
});

const MOSCOW = "Europe/Moscow";

/** The choices as an administrator in the zone has them: kind and local time; the default one is starred. */
function offered(now: string, timeZone = MOSCOW): string {
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return untilChoices(Date.parse(now), timeZone)
    .map(({ kind, at, isDefault }) => `${kind} ${local.format(at)}${isDefault ? "*" : ""}`)
    .join("; ");
}

t.test("an hour, full hours of the viewer's day, its end and the morning are offered", async (t) => {
  t.equal(
    offered("2026-11-25T13:24:37+03:00"),
    "hour 25, 14:25; clock 25, 15:00*; clock 25, 16:00; clock 25, 17:00; clock 25, 19:00; endOfDay 26, 00:00; morning 26, 09:00",
  );
  const [nearest] = offered("2026-11-25T13:40:00+03:00").match(/[^;]*\*/) ?? [];
  t.equal(nearest, " clock 25, 16:00*", "the nearest full hour");
  const evening = offered("2026-11-25T21:10:00+03:00");
  t.equal(evening, "hour 25, 22:10; clock 25, 23:00*; endOfDay 26, 00:00; morning 26, 09:00");
  t.equal(offered("2026-11-25T22:10:00+03:00"), "hour 25, 23:10; endOfDay 26, 00:00*; morning 26, 09:00");
  t.equal(offered("2026-11-25T23:10:00+03:00"), "hour 26, 00:10; clock 26, 01:00*; morning 26, 09:00");
  t.equal(
    offered("2026-11-25T07:30:00+03:00"),
    "hour 25, 08:30; clock 25, 10:00*; clock 25, 11:00; clock 25, 12:00; clock 25, 14:00; endOfDay 26, 00:00",
    "the morning that is here is none to wait for",
  );
});

t.test("every moment of a year has one default, and times in order, an hour ahead", async (t) => {
  const zones = [MOSCOW, "Europe/Berlin", "Asia/Kolkata", "America/Santiago", "Australia/Lord_Howe"];
  const wrong: string[] = [];
  for (const zone of zones) {
    for (let now = Date.parse("2026-01-01T00:07:00Z"); now < Date.parse("2027-01-01"); now += 397 * 60_000) {
      const choices = untilChoices(now, zone);
      const times = choices.map(({ at }) => at);
      const isRight =
        choices.filter(({ isDefault }) => isDefault).length === 1 &&
        choices[0]?.kind === "hour" &&
        times.every((at, index) => at >= now + 3_600_000 && at > (times[index - 1] ?? 0)) &&
        choices.every(({ value, at }) => readUntil(value, now) === at);
      if (!isRight) wrong.push(`${zone} ${new Date(now).toISOString()}`);
    }
  }
  t.same(wrong, []);
});

t.test("whatever else is sent is no time", async (t) => {
  const days = ["2026-11-24T15:00", "2026-13-24T15:00Z", "2026-11-24T25:00Z"];
  for (const text of ["", "2", "hours", "NaN", ...days]) t.equal(readUntil(text, 0), null, text);
});
