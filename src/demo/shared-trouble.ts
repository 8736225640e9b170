import { Temporal } from "temporal-polyfill";
import type { Actor } from "../monitor/audit-log/record-event.ts";
import type { Db } from "../monitor/database/schema.ts";
import { replaceOpeningHours } from "../monitor/fleet/opening-hours/change-opening-hours.ts";
import { readHours, readWorks } from "../monitor/fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../monitor/fleet/opening-hours/schedule.ts";
import { teachLogPatterns } from "../monitor/log-patterns/sets/pattern-sets.ts";
import { takeCare } from "../monitor/restaurants/acknowledge.ts";
import { changeRestaurantNote } from "../monitor/restaurants/notes.ts";
import { changeTags } from "../monitor/restaurants/tags.ts";
import { DAY_MS, HOUR_MS } from "../protocol/time-units.ts";

const TAKEN = { name: "Невский, 88", note: "в ресторане перезагружают компьютер, жду звонка" };
const NOTES = [
  {
    name: "Тверская, 12",
    phone: "+7 495 555-01-12",
    person: "Мария, администратор",
    text: "POS-сервер стоит в подсобке за баром.\nПерезагружать только после 23:00.",
    daysAgo: 9,
  },
  {
    name: "Лиговский, 30",
    phone: "+7 812 555-01-30 доб. 2",
    person: "Сергей, управляющий",
    text: "Роутер у входа в зал, бывает, выключают вместе со светом.",
    daysAgo: 31,
  },
];

const TAGS: Record<string, string[]> = {
  "Тверская, 12": ["Москва", "24/7"],
  "Арбат, 5": ["Москва", "франшиза"],
  "Покровка, 17": ["Москва"],
  "Невский, 88": ["Петербург", "24/7"],
  "Лиговский, 30": ["Петербург", "франшиза"],
  "Рубинштейна, 15": ["Петербург"],
};

const TIME_ZONE = "Europe/Moscow";
/** Opens in three or four hours, whenever the demo starts. */
const CLOSED = { name: "Победы, 40", opensInHours: 4, worksHours: 12 };
const CONFIRMED = {
  name: "Тверская, 12",
  patterns: {
    attempted: ["Обмен с главным сервером: начат", "Exchange started"],
    succeeded: [
      "Обмен с главным сервером: успешно завершён, ревизия \\S+, \\S+ с",
      "Exchange finished in \\S+, revision \\S+",
    ],
    failed: [
      "Обмен с главным сервером: ошибка: (?<message>.+)",
      "(?<message>Error while exchanging with server)",
    ],
    excluded: [],
  },
};
const WORKED_ON = { name: "Маросейка, 4", works: "вт 03:00–05:00" };

/** Adds what people have entered: an acknowledgement, notes, tags, opening hours, log patterns. */
export async function addSharedTrouble(db: Db, actor: Actor, now: number): Promise<void> {
  for (const { name, daysAgo, ...note } of NOTES) {
    const posServer = await findByName(db, name);
    await changeRestaurantNote(db, actor, posServer, { note, seenAt: null }, now - daysAgo * DAY_MS);
  }
  for (const [name, tags] of Object.entries(TAGS))
    await changeTags(db, actor, await findByName(db, name), tags, now - DAY_MS);
  await confirmWording(db, actor, now);
  await addOpeningHours(db, actor, now);
  const taken = await findByName(db, TAKEN.name);
  const endsAt = Math.round((now + 2 * HOUR_MS) / HOUR_MS) * HOUR_MS;
  const care = { endsAt, note: TAKEN.note, insteadOf: null };
  await takeCare(db, actor, { kind: "posServer", ...taken }, care, now);
}

/** Teaches the wording that most POS servers use. */
async function confirmWording(db: Db, actor: Actor, now: number): Promise<void> {
  const source = await findByName(db, CONFIRMED.name);
  const { patterns } = CONFIRMED;
  const taught = { scope: "all", basis: "all", patterns, seen: { all: null, own: null } } as const;
  await teachLogPatterns(db, actor, { ...taught, source }, now - DAY_MS);
}

async function addOpeningHours(db: Db, actor: Actor, now: number): Promise<void> {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(TIME_ZONE);
  const opens = local.add({ hours: CLOSED.opensInHours }).hour;
  const hours = readHours(`${opens}:00–${(opens + CLOSED.worksHours) % 24}:00`);
  const works = readWorks(WORKED_ON.works, TIME_ZONE, now);
  const none = { timeZone: TIME_ZONE, hours: null, works: NO_WORKS };
  const changes = {
    [CLOSED.name]: { ...none, hours: hours.ok ? hours.value : null },
    [WORKED_ON.name]: { ...none, works: works.ok ? works.value : NO_WORKS },
  };
  for (const [name, changed] of Object.entries(changes)) {
    const posServer = await findByName(db, name);
    const named = { ...posServer, owner: { posServerId: posServer.id } };
    await replaceOpeningHours(db, actor, named, changed, now - DAY_MS);
  }
}

async function findByName(db: Db, name: string) {
  return await db
    .selectFrom("posServer")
    .select(["id", "name", "organizationId"])
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
}
