import t, { type Test } from "tap";
import { redeemMessengerCode } from "../../src/monitor/notifications/settings/messenger-accounts.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, TERMS } from "../helpers/channels.ts";
import { signedIn, type TestBrowser, textOf, unescapeHtml } from "../helpers/page.ts";
import { startTelegram, TOKEN } from "../helpers/telegram.ts";

async function addBot(monitor: TestMonitor): Promise<number> {
  return await addChannel(monitor, TERMS.telegram, { name: "Чат дежурных" });
}

async function codeOf(browser: TestBrowser): Promise<string> {
  const body = await browser.html("/channels");
  return unescapeHtml(/id="code"[^>]* value="\/start ([\w-]+)"/.exec(body)?.[1] ?? "");
}

/** Somebody writes a code to the bot of a channel. */
async function redeem({ db, clock }: TestMonitor, channelId: number, code: string) {
  const from = { id: "77", name: "Иван", username: "ivan" };
  const bot = { messenger: "telegram", channelIds: [channelId] } as const;
  return await redeemMessengerCode(db, bot, { code, from, chatId: "77" }, clock());
}

async function startWithUser(t: Test) {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, { organizations: [await monitor.addOrganization()] });
  return { monitor, user };
}

t.test("a code is shown once, is stored as a hash, and ends after a quarter of an hour", async (t) => {
  const { monitor, user } = await startWithUser(t);
  const { db, sqlite } = monitor.app.database;
  t.notMatch(await user.text("/channels"), "Свой мессенджер", "without a bot");
  const channel = await addBot(monitor);
  t.match(await user.text("/channels"), "Свой мессенджер");
  const asked = await user.post("/channels/messenger-codes", { channel: String(channel) });
  t.equal(asked.headers.location, "/channels");
  const code = await codeOf(user);
  t.match(code, /^[\w-]{43}$/);
  t.equal(await codeOf(user), "", "not again");
  t.notOk(sqlite.serialize().includes(code));
  t.match(await db.selectFrom("messengerCode").selectAll().execute(), [
    { userId: user.userId, channelId: channel, expiresAt: monitor.clock() + 15 * MINUTE_MS },
  ]);
  t.match(await recordedEvents(db, "messenger_link_code"), [{ subject: "Чат дежурных", detail: null }]);

  await user.post("/channels/messenger-codes", { channel: String(channel) });
  t.not(await codeOf(user), code);
  t.notOk(await redeem(monitor, channel, code), "a newer one took its place");
  t.equal((await db.selectFrom("messengerCode").selectAll().execute()).length, 1);
});

t.test("of several bots one is chosen, a link away if it says its name; one may be gone", async (t) => {
  const { monitor, user } = await startWithUser(t);
  await addBot(monitor);
  const settings = { ...TERMS.telegram.settings, baseUrl: (await startTelegram(t)).url };
  const terms = { ...TERMS.telegram, settings, secrets: { token: TOKEN, proxyPassword: "" } };
  const second = await addChannel(monitor, terms, { name: "Второй бот" });
  t.match(await user.html("/channels"), `<option value="${second}" selected>Второй бот`);
  await user.post("/channels/messenger-codes", { channel: String(second) });
  const body = await user.html("/channels");
  const [, code = ""] = /id="code"[^>]* value="\/start ([\w-]+)"/.exec(body) ?? [];
  t.match(body, `href="https://t.me/poswatch_bot?start=${code}"`);
  t.match(textOf(body), "Сработает один раз, до 13:15.");
  const mail = await addChannel(monitor);
  for (const channel of ["987", String(mail), "", "x"]) {
    const answer = await user.post("/channels/messenger-codes", { channel });
    t.equal(answer.headers.location, "/channels");
    t.match(await user.text("/channels"), "Этого бота больше нет.");
  }
});

t.test("an account that was linked is listed, and unlinked with the channel into it", async (t) => {
  const { monitor, user } = await startWithUser(t);
  const { db } = monitor;
  const other = await signedIn(monitor, { organizations: "all" });
  const channel = await addBot(monitor);
  await user.post("/channels/messenger-codes", { channel: String(channel) });
  t.ok(await redeem(monitor, channel, await codeOf(user)));
  const page = await user.text("/channels");
  t.match(page, "@ivan через «Чат дежурных», с 24.11");
  t.match(page, "Telegram Telegram через «Чат дежурных» вам, в личные сообщения Сообщений ещё не было 1");
  const [own] = await db.selectFrom("channel").select("id").where("userId", "=", user.userId).execute();
  const form = await user.html(`/channels/${own?.id}/edit`);
  t.notMatch(form, /name="chatId"|name="token"/, "where it leads the bot knows");
  const fields = { name: "Мой чат", language: "en", timeZone: "UTC" };
  t.equal((await user.post(`/channels/${own?.id}`, fields)).statusCode, 303);
  t.match(await user.text("/channels"), "Мой чат");

  const url = `/channels/messenger-accounts/${channel}/removal`;
  t.match(await user.text(`${url}/new`), "Отвязать @ivan? Чат дежурных");
  t.equal((await other.post(url)).headers.location, "/channels", "others have nothing to unlink");
  t.equal((await db.selectFrom("messengerAccount").selectAll().execute()).length, 1);
  await user.post(url, { removed: "yes" });
  const after = await user.text("/channels");
  t.match(after, "Учётная запись отвязана.");
  t.notMatch(after, /@ivan|Мой чат/);
  t.same(await db.selectFrom("messengerAccount").selectAll().execute(), []);
  const detail = [{ key: "messengerAccount", values: { name: "@ivan" } }];
  t.match(await recordedEvents(db, "messenger_unlink"), [{ subject: "Чат дежурных", detail }]);
});
