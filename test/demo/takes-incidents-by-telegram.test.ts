import t, { type Test } from "tap";
import { ORGANIZATIONS } from "../../src/demo/chain.ts";
import { addDemoChannels } from "../../src/demo/channels.ts";
import { addDemoUsers } from "../../src/demo/monitor.ts";
import { createMessengerCode } from "../../src/monitor/notifications/settings/messenger-accounts.ts";
import { addUser } from "../../src/monitor/people/credentials/users.ts";
import { startMonitor } from "../helpers/app.ts";
import { tell } from "../helpers/notifications.ts";
import { startTestReceivers } from "../helpers/receivers.ts";
import { waitFor } from "../helpers/wait-for.ts";

const ERROR = { error: "Нет места на диске", syncedAgoMs: 0 };
const MINUTE_MS = 60_000;

t.test("whoever is known presses «Занимаюсь» in the group, and the message says so", async (t) => {
  const { page, post, tellLater, press, db } = await tellOfTrouble(t);
  t.match(await page("?as=admin"), "🔴 <strong>Тверская, 12: ошибка синхронизации</strong>");
  t.match(
    await page("?as=admin&chat=private"),
    "Тверская, 12",
    "who has linked an account is told there too",
  );
  t.match(await page(), /<details class="mail".*Тверская, 12: ошибка синхронизации/s);

  t.match(
    await press("stranger"),
    /class="answer alert".*Олег Никитин видит:<\/span> Poswatch не знает, кто вы/s,
  );
  t.equal(await countAcknowledgements(), 0);
  t.match(await press("admin"), /class="answer".*Анна Иванова видит:<\/span>.*вы занимаетесь до/s);
  t.equal(await countAcknowledgements(), 1);
  t.match(await press("manager"), /class="answer alert".*Этим занимается Анна Иванова/s);
  t.notMatch(await page("?as=stranger"), "Анна Иванова видит", "an answer is for whoever has pressed");
  await tellLater();
  const changed = await page();
  t.match(changed, /Занимается Анна Иванова до .*изменено/s);
  t.match(changed, ">Снять с себя</button>");
  t.match(
    await (await post("/presses", { message: "1", button: "Занимаюсь" })).text(),
    "этой кнопки под ним нет",
  );

  async function countAcknowledgements(): Promise<number> {
    return (await db.selectFrom("acknowledgement").select("id").execute()).length;
  }
});

t.test("somebody says their code to the bot, and is known from then on", async (t) => {
  const { page, post, press, db, clock } = await tellOfTrouble(t);
  const bot = await db
    .selectFrom("channel")
    .select("id")
    .where("name", "=", "Дежурные в Telegram")
    .executeTakeFirstOrThrow();
  const user = { login: "oleg", name: "Олег Никитин", isAdministrator: true, passwordHash: null };
  const userId = await addUser(db, user, clock());
  const actor = { ...user, userId, address: "127.0.0.1" };
  const made = await createMessengerCode(db, actor, { userId, channelId: bot.id }, clock());
  await post("/messages", { as: "stranger", text: `/start ${made?.code}` });
  await waitFor(async () => (await page("?as=stranger&chat=private")).includes("Готово, Олег Никитин."));
  t.match(await press("stranger"), "вы занимаетесь до");
});

/** A monitor with the demo's users and channels has told of a trouble. */
async function tellOfTrouble(t: Test) {
  const receivers = await startTestReceivers(t);
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const { db } = app.database;
  for (const { name, crmId } of ORGANIZATIONS) await monitor.addOrganization(name, crmId);
  await addDemoUsers(db, "a password of nobody");
  await addDemoChannels(db, app.secretBox, receivers.servers);
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.report(id);
  await monitor.report(id, ERROR);
  await tellLater();

  /** So much later that something lasts, and that Telegram takes another message. */
  async function tellLater(): Promise<void> {
    clock.advance(10 * MINUTE_MS);
    await tell(monitor);
  }

  /** Presses the button of the only message in the group. @returns the page that follows. */
  async function press(as: string): Promise<string> {
    const [, message = ""] = /id="message-(\d+)"/.exec(await receivers.page()) ?? [];
    return await (await receivers.post("/presses", { as, message, button: "Занимаюсь" })).text();
  }

  return { ...receivers, db, clock, tellLater, press };
}
