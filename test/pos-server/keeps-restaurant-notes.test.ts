import t from "tap";
import { readPhone } from "../../src/monitor/restaurants/notes.ts";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { signedIn, startFor, type TestBrowser, textOf } from "../helpers/page.ts";

const NOTE = {
  phone: "+7 495 555-01-12",
  person: "Мария, администратор",
  text: "За баром.\r\n\r\nПосле 23:00.",
};

async function cardOf(browser: TestBrowser, path: string): Promise<string> {
  const card = /(?:<section[^>]*notes-card|<div><dt>Заметки)[\s\S]*?<\/(?:section|dd)>/;
  return card.exec(await browser.html(path))?.[0] ?? "";
}

/** Sends the form as it was opened, or with what it began with. */
async function save(browser: TestBrowser, path: string, fields: Record<string, string>, seenAt?: string) {
  const form = await browser.html(`${path}/restaurant-note/new`);
  const begun = seenAt ?? form.match(/name="seenAt" value="(\d*)"/)?.[1] ?? "";
  return await browser.post(`${path}/restaurant-note`, { ...fields, seenAt: begun });
}

async function notesIn({ app }: TestMonitor) {
  return await app.database.db.selectFrom("restaurantNote").selectAll().execute();
}

t.test("phone, person and text are on the page, with who wrote them and when", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна Иванова", organizations: "all" });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const path = `/pos-servers/${id}`;
  t.equal(textOf(await cardOf(anna, path)), "Заметки о ресторане нет Добавить");

  const typed = { phone: " +7 495 555–01–12 ", person: " Мария,  администратор " };
  const answer = await save(anna, path, { ...NOTE, ...typed });
  t.same([answer.statusCode, answer.headers.location], [303, path]);
  const card = await cardOf(anna, path);
  t.match(card, 'href="tel:+74955550112">+7 495 555-01-12</a>');
  t.match(card, '<p class="notes-text">За баром.\n\nПосле 23:00.</p>');
  t.equal(
    textOf(card),
    "Заметки о ресторане Изменить +7 495 555-01-12 Мария, администратор За баром. После 23:00. Анна Иванова, 24.11",
  );
  const form = await anna.html(`${path}/restaurant-note/new`);
  t.match(form, /name="phone"[^>]*value="\+7 495 555-01-12"/);
  t.match(form, />\nЗа баром\.\n\nПосле 23:00\.<\/textarea>/);

  await save(anna, path, NOTE);
  await save(anna, path, { ...NOTE, phone: "8 495 555-01-12 доб. 3" });
  const events = await recordedEvents(monitor.db, "restaurant_note_change");
  t.equal(events.length, 2, "what changes nothing is not recorded");
  const values = { field: "phone", before: "+7 495 555-01-12", after: "8 495 555-01-12 доб. 3" };
  const detail = [{ key: "restaurantNoteChange", values }];
  t.match(events[1], { userName: "Анна Иванова", subject: "Тверская, 12", posServerId: id, detail });
  t.match(
    await anna.text("/audit?action=restaurant_note_change"),
    /Изменение заметок о ресторане выполнено Тверская, 12 .*Телефон: — → \+7 495 555-01-12; Контакт: — → Мария, администратор; Заметка: — → За баром\. После 23:00\./,
  );

  await save(anna, path, { phone: "", person: " ", text: "\r\n" });
  t.same(await notesIn(monitor), [], "an empty note is none");
  t.equal(textOf(await cardOf(anna, path)), "Заметки о ресторане нет Добавить");
});

t.test("bad input is said beside its field, what was typed is kept, and nothing is changed", async (t) => {
  const { monitor, user: anna } = await startFor(t, { organizations: "all" });
  const path = `/pos-servers/${await monitor.addPosServer()}`;
  await save(anna, path, NOTE);
  const before = await notesIn(monitor);
  const cases: [field: string, value: string, message: RegExp][] = [
    ["phone", "звонить Марии", /Нужен один номер/],
    ["person", "я".repeat(101), /Слишком длинно: не больше 100 знаков/],
    ["text", "я".repeat(1_001), /Слишком длинная заметка: не больше 1.000 знаков/],
    ["text", "ы".repeat(12_000), /Слишком длинная заметка/],
  ];
  for (const [field, value, message] of cases) {
    const { statusCode, body } = await save(anna, path, { ...NOTE, [field]: value });
    t.equal(statusCode, 422);
    t.match(textOf(body.match(new RegExp(`id="problem-${field}">[^<]*`))?.[0] ?? ""), message);
    t.match(body, new RegExp(`name="${field}"[^>]* autofocus[^>]* aria-invalid`), "it has the focus");
    t.match(body, field === "text" ? `>\n${value}</textarea>` : `value="${value}"`);
    t.match(body, field === "person" ? 'value="+7 495 555-01-12"' : 'value="Мария, администратор"');
  }
  t.same(await notesIn(monitor), before);
  const lines = `${"я".repeat(499)}\r\n${"я".repeat(500)}`;
  const full = await save(anna, path, { ...NOTE, text: lines });
  t.equal(full.statusCode, 303, "the end of a line is one character");
});

t.test("who was slower is told what somebody else wrote, and decides", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна", organizations: "all" });
  const pyotr = await signedIn(monitor, { name: "Пётр", organizations: "all" });
  const path = `/pos-servers/${await monitor.addPosServer()}`;
  await save(anna, path, NOTE);
  const seenAt = String((await notesIn(monitor))[0]?.changedAt);
  await save(pyotr, path, { ...NOTE, phone: "112" }, seenAt);

  const late = await save(anna, path, { ...NOTE, text: "Мой текст" }, seenAt);
  t.equal(late.statusCode, 409);
  const said = /Пока вы писали, заметки изменились \(Пётр, 13:00\).*Сейчас там записано: 112 Мария/;
  t.match(textOf(late.body), said);
  t.match(late.body, ">\nМой текст</textarea>");
  t.match(await notesIn(monitor), [{ phone: "112", userName: "Пётр" }], "nothing is lost");
  const stillWrong = await save(anna, path, { ...NOTE, phone: "нет" }, seenAt);
  t.match(stillWrong.body, `name="seenAt" value="${seenAt}"`, "a wrong field does not make it newer");

  const now = late.body.match(/name="seenAt" value="(\d+)"/)?.[1] ?? "";
  t.equal((await save(anna, path, { ...NOTE, text: "Мой текст" }, now)).statusCode, 303);
  t.match(await notesIn(monitor), [{ phone: "+7 495 555-01-12", text: "Мой текст", userName: "Анна" }]);

  await save(pyotr, path, { phone: "", person: "", text: "" });
  t.match(textOf((await save(anna, path, NOTE, now)).body), "Пока вы писали, заметки удалили.");
});

t.test("a number is dialled as a phone needs it; what nobody can call is refused", async (t) => {
  const numbers: [written: string, url: string][] = [
    ["+7 495 555-01-12", "tel:+74955550112"],
    ["+7 (495) 555-01-12", "tel:+74955550112"],
    ["8(495)5550112", "tel:84955550112"],
    ["495.555.01.12", "tel:4955550112"],
    ["8 495 555-01-12 доб. 34", "tel:84955550112,34"],
    ["8 495 555-01-12, доб 34", "tel:84955550112,34"],
    ["8 495 555-01-12 вн. 7", "tel:84955550112,7"],
    ["+44 20 7946 0958 ext. 12", "tel:+442079460958,12"],
    ["+44 20 7946 0958x12", "tel:+442079460958,12"],
    ["8 495 555-01-12 #34", "tel:84955550112,34"],
    ["8 495 555-01-12, 34", "tel:84955550112,34"],
    ["1204", "tel:1204"],
  ];
  for (const [written, url] of numbers) t.same(readPhone(written), { text: written, url }, written);
  const pasted = { text: "+7 495 555-01-12", url: "tel:+74955550112" };
  t.same(readPhone("  +7\u00a0495 555–01—12 "), pasted, "as it was pasted");
  const wrong = [
    ...["", "abc", "12", "+", "Мария", "+7 495 555-01-12 Мария", "7+495 555 01 12", "1234567890123456"],
    ...["+7 495 555-01-12; +7 495 555-01-13", "javascript:alert(1)", '+7 495 555-01-12" onclick="x'],
    ...[`8${" 4".repeat(40)}`, ",".repeat(16_000)],
  ];
  for (const text of wrong) t.equal(readPhone(text), null, text.slice(0, 40));
});
