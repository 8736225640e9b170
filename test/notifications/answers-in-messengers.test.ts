import t, { type Test } from "tap";
import { createMessengerCode } from "../../src/monitor/notifications/settings/messenger-accounts.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { startMax } from "../helpers/max.ts";
import { addChannel, addRule, tell, tellLasting } from "../helpers/notifications.ts";
import { signedIn } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";
import { ANNA } from "../helpers/simulated-messenger.ts";
import { GROUP_ID, startTelegram } from "../helpers/telegram.ts";
import { waitFor } from "../helpers/wait-for.ts";

const OLGA = { id: 502, firstName: "Ольга" };

async function codeOf({ db, clock }: TestMonitor, userId: number, channelId: number) {
  const actor = { userId, login: "", name: null, address: "10.0.0.7" };
  return (await createMessengerCode(db, actor, { userId, channelId }, clock()))?.code ?? "";
}

/** A group in Telegram that is told of one POS server, and a user whom nobody knows there yet. */
async function startTold(t: Test) {
  const telegram = await startTelegram(t);
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const channelId = await addChannel(monitor, telegram.channel());
  await addRule(monitor, channelId);
  const posServerId = await tellLasting(monitor, "Тверская, 12");
  await waitFor(() => telegram.isListenedTo());

  /** The last one that the bot wrote to the group. */
  const message = () => telegram.messages(GROUP_ID).findLast(({ from }) => from === null);
  const addUser = async (name: string, isAdministrator = false) =>
    (await signedIn(monitor, { name, isAdministrator })).userId;

  return {
    monitor,
    telegram,
    posServerId,
    addUser,
    /** Presses the button below the last message. */
    press: (button: string, person: typeof OLGA) =>
      telegram.press(GROUP_ID, message()?.id ?? 0, button, person),
    /** Writes to the bot alone. @returns what it says. */
    async say(text: string, person: typeof OLGA) {
      const before = telegram.messages(person.id).length;
      telegram.say(person.id, text, person);
      await waitFor(() => telegram.messages(person.id).length === before + 2);
      return telegram.messages(person.id).at(-1)?.text;
    },
    code: (userId: number) => codeOf(monitor, userId, channelId),
    message,
    acknowledgements: () =>
      db.selectFrom("acknowledgement").select(["userName as name", "endedBy"]).orderBy("id").execute(),
  };
}

t.test("who has said who they are takes care with a button, and the message says so", async (t) => {
  const told = await startTold(t);
  const { monitor, telegram, press, say } = told;
  t.match(await press("Занимаюсь", ANNA), { text: /^Poswatch не знает, кто вы\./, isAlert: true });
  t.same(await told.acknowledgements(), []);

  const anna = await told.addUser("Анна Иванова", true);
  const late = await told.code(anna);
  monitor.clock.advance(15 * MINUTE_MS);
  t.match(await say(`/start ${late}`, ANNA), /^Код не подошёл/, "it is good for a quarter of an hour");
  const code = await told.code(anna);
  telegram.say(GROUP_ID, `/start ${code}`, ANNA); // nothing: it is for the bot alone
  const linked = /^Готово, Анна Иванова\. Сообщения об инцидентах будут приходить сюда/;
  t.match(await say(`/start ${code}`, ANNA), linked);
  t.match(await say(`/start ${code}`, OLGA), /^Код не подошёл/, "it works once");
  t.match(await say("привет", ANNA), /^Анна Иванова, сюда приходят сообщения/);
  t.match(await say("привет", OLGA), /^Это бот Poswatch\./);

  const taken = { text: "Тверская, 12: вы занимаетесь до 15:00.", isAlert: false };
  t.match(await press("Занимаюсь", ANNA), taken);
  t.same(await told.acknowledgements(), [{ name: "Анна Иванова", endedBy: null }]);
  monitor.clock.advance(MINUTE_MS);
  await tell(monitor);
  t.match(telegram.messages(ANNA.id).at(-1)?.text, /^🔴 Тверская, 12: ошибка/, "she is told there too");
  t.match(told.message()?.text, "Занимается Анна Иванова до 15:00.");
  t.match(told.message()?.buttons.flat(), [{ text: "Снять с себя" }]);
  t.equal(told.message()?.buttons.flat().length, 1);
  t.match(await press("Снять с себя", ANNA), { text: /^Вы больше не занимаетесь/ });
  t.same(await told.acknowledgements(), [{ name: "Анна Иванова", endedBy: "person" }]);
  const actions = ["messenger_link", "taking_begin", "taking_end"] as const;
  const events = await recordedEvents(monitor.db, ...actions);
  t.equal(events.length, actions.length);
  for (const [index, action] of actions.entries())
    t.match(events[index], { action, userName: "Анна Иванова", address: "Telegram" });

  await say(`/start ${await told.code(anna)}`, ANNA);
  const own = monitor.db.selectFrom("channel").select(["name", "userId"]).where("userId", "is not", null);
  t.same(await own.execute(), [{ name: "Telegram", userId: anna }], "linked again it stays one");
});

t.test("a button does nothing that its person may not do in Poswatch", async (t) => {
  const told = await startTold(t);
  const { monitor, press, say } = told;
  const olga = await told.addUser("Ольга <i>");
  const nothing = /Ольга <i>.*нет доступа ни к одной организации, поэтому сообщений не будет/;
  for (const words of [`/start ${await told.code(olga)}`, "когда?"]) t.match(await say(words, OLGA), nothing);
  t.match(await press("Занимаюсь", OLGA), { text: /^Такого инцидента нет, или у вас нет/, isAlert: true });
  const anna = await told.addUser("Анна Иванова", true);
  await say(`/start ${await told.code(anna)}`, ANNA);
  await press("Занимаюсь", ANNA);
  await changeRows(monitor.db, "user", { hasAllOrganizations: 1 }, { id: olga });
  t.match(await say("а теперь?", OLGA), /^Ольга <i>, сюда приходят сообщения/);
  const taken = { text: /^Этим занимается Анна Иванова до 15:00\./, isAlert: true };
  t.match(await press("Занимаюсь", OLGA), taken);
  await changeRows(monitor.db, "user", { isBlocked: 1 }, { id: olga });
  t.match(await press("Занимаюсь", OLGA), { text: /^Poswatch не знает/, isAlert: true });
  await monitor.report(told.posServerId);
  t.match(await press("Занимаюсь", ANNA), { text: "Инцидент уже закрыт.", isAlert: true });
  t.same(await told.acknowledgements(), [{ name: "Анна Иванова", endedBy: "exchange" }]);
});

t.test("two channels of one bot are listened to once, whatever else they are", async (t) => {
  const { monitor, telegram, say, code, addUser } = await startTold(t);
  const second = await addChannel(monitor, telegram.channel({ chatId: String(ANNA.id) }));
  await tell(monitor);
  await waitFor(() => telegram.isListenedTo());
  const userId = await addUser("Анна Иванова", true);
  t.match(await say(`/start ${await code(userId)}`, ANNA), /^Готово, Анна Иванова/);
  for (const words of ["раз", "два", "три"]) {
    await say(words, ANNA);
    for (const id of [1, second])
      t.equal(monitor.app.notifications.botStanding(id), null, "nobody is ousted");
  }
});

t.test("in MAX somebody says who they are, is told, takes care, and sees how it ends", async (t) => {
  const max = await startMax(t);
  const monitor = await startMonitor(t);
  const { app, clock, db } = monitor;
  const channelId = await addChannel(monitor, max.channel());
  await addRule(monitor, channelId);
  const { userId } = await signedIn(monitor, { name: "Анна Иванова", isAdministrator: true });
  await app.notifications.tick();
  await waitFor(() => max.isListenedTo());

  max.say(`/start ${await codeOf(monitor, userId, channelId)}`, ANNA);
  const said = () => max.messages(max.anna).map(({ text }) => text);
  await waitFor(() => said().some((text) => text.startsWith("Готово, Анна Иванова.")));
  const own = await db.selectFrom("channel").selectAll().where("userId", "=", userId).execute();
  t.match(own, [{ name: "MAX", settings: `{"chatId":"user:${ANNA.id}","topicId":""}` }]);

  const id = await tellLasting(monitor, "Тверская, 12");
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
  t.match(max.messages(), [{ text: /^✅ Тверская, 12: восстановлено за 12/ }]);
});
