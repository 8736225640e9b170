import type { Kysely } from "kysely";
import type { Database } from "../monitor/database/schema.ts";
import { changeRestaurantNote } from "../monitor/fleet/restaurant-notes.ts";
import { takePosServer } from "../monitor/fleet/take-pos-server.ts";
import { findUserByLogin } from "../monitor/people/registry/users.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

/** What people of the demo have said: one POS server is taken care of, two restaurants have notes. An earlier start may have left it. */
export async function addSharedTrouble(db: Kysely<Database>): Promise<void> {
  const admin = await findUserByLogin(db, "admin");
  const isThere = await db.selectFrom("restaurant_note").select("pos_server_id").executeTakeFirst();
  if (!admin || isThere) return;
  const now = Date.now();
  const actor = { userId: admin.id, login: admin.login, name: admin.name, address: "127.0.0.1" };
  for (const { name, daysAgo, ...note } of NOTES) {
    const posServer = await findByName(db, name);
    if (posServer) {
      await changeRestaurantNote(db, actor, posServer, { note, seenAt: null }, now - daysAgo * DAY_MS);
    }
  }
  const taken = await findByName(db, TAKEN.name);
  const endsAt = Math.round((now + 2 * HOUR_MS) / HOUR_MS) * HOUR_MS;
  if (taken) await takePosServer(db, actor, taken, { endsAt, note: TAKEN.note, insteadOf: null }, now);
}

async function findByName(db: Kysely<Database>, name: string) {
  const found = await db
    .selectFrom("pos_server")
    .select(["id", "name", "organization_id as organizationId"])
    .where("name", "=", name)
    .executeTakeFirst();
  return found ?? null;
}
