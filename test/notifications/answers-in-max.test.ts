import t from "tap";
import { createMessengerCode } from "../../src/monitor/notifications/settings/messenger-accounts.ts";
import { startMonitor } from "../helpers/app.ts";
import { ANNA, startMax } from "../helpers/max.ts";
import { addChannel, addRule, tell } from "../helpers/notifications.ts";
import { waitFor } from "../helpers/wait-for.ts";

const MINUTE_MS = 60_000;

t.test("in MAX somebody says who they are, is told, takes care, and sees how it ends", async (t) => {
  const max = await startMax(t);
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const { db } = app.database;
  const { server, target, secrets } = max.channel();
  const channelId = await addChannel(monitor, { kind: "max", settings: { ...server, ...target }, secrets });
  await addRule(monitor, channelId);
  const { id: userId } = await db
    .insertInto("user")
    .values({
      ...{ login: "anna", name: "Анна Иванова", nameSort: "", searchText: "", passwordHash: null },
      ...{ isAdministrator: 1, isBlocked: 0, hasAllOrganizations: 0, createdAt: clock() },
      ...{ language: null, timeZone: "Europe/Moscow" },
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await app.notifications.tick();
  await waitFor(() => max.isListenedTo());

  const actor = { userId, login: "anna", name: "Анна Иванова", address: "10.0.0.7" };
  const made = await createMessengerCode(db, actor, { userId, channelId }, clock());
  max.say(`/start ${made?.code}`, ANNA);
  const said = () => max.messages(max.anna).map(({ text }) => text);
  await waitFor(() => said().some((text) => text.startsWith("Готово, Анна Иванова.")));
  t.match(
    await db.selectFrom("channel").select(["name", "settings"]).where("userId", "=", userId).execute(),
    [{ name: "MAX", settings: `{"chatId":"user:${ANNA.id}"}` }],
  );

  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.report(id);
  await monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 0 });
  clock.advance(10 * MINUTE_MS);
  await tell(monitor);
  t.match(said().at(-1), /^🔴 Тверская, 12: ошибка синхронизации/, "alone");
  const [message] = max.messages();
  t.match(message?.text, /^🔴 Тверская, 12: ошибка синхронизации/, "and in the group");
  const answer = await max.press(message?.id ?? "", "Занимаюсь");
  t.match(answer, "Тверская, 12: вы занимаетесь до 15:00.");
  clock.advance(MINUTE_MS);
  await tell(monitor);
  t.match(max.messages()[0]?.text, "Занимается Анна Иванова до 15:00.");
  clock.advance(MINUTE_MS);
  await monitor.report(id);
  await tell(monitor);
  t.match(
    max.messages().map(({ text }) => text),
    [/^✅ Тверская, 12: восстановлено за 12/],
  );
});
