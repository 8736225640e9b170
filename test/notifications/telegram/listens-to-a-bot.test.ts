import t from "tap";
import { createTelegramSend } from "../../../src/monitor/notifications/channels/telegram/send-telegram.ts";
import { listenToBot } from "../../helpers/bot-listener.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { ANNA, GROUP_ID, startTelegram } from "../../helpers/telegram.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const signal = AbortSignal.timeout(120_000);
const BORIS = { id: 502, firstName: "Борис" };

t.test("a button below a message is pressed and answered", async (t) => {
  const telegram = await startTelegram(t);
  await createTelegramSend(telegram.channel())(outgoingMessage(), signal);
  const messageId = telegram.messages(GROUP_ID)[0]?.id ?? 0;
  const listener = listenToBot(t, telegram, {
    async onUpdate(update, bot) {
      if (update.kind !== "button") return;
      t.strictSame(await bot.answerButton(update.callbackId, "Занимаетесь до 09:00", true), { ok: true });
      t.match(await bot.answerButton(update.callbackId, "Ещё раз", true), { failure: "refused" });
      t.match(await bot.answerButton("5", "Никому", false), { failure: "refused", isOfMessage: true });
    },
  });
  listener.start();
  listener.start();
  const answer = await telegram.press(GROUP_ID, messageId, "Занимаюсь", ANNA);
  t.strictSame(answer, { text: "Занимаетесь до 09:00", isAlert: true });
  await waitFor(() => telegram.unacknowledged() === 0);
  t.match(listener.heard, [
    {
      kind: "button",
      data: { action: "take", incidentId: 12 },
      from: { id: "501", name: "Анна Иванова", username: "anna" },
      ...{ chatId: String(GROUP_ID), messageId: String(messageId) },
    },
  ]);
  t.same(listener.standings, [null]);
  await t.rejects(telegram.press(GROUP_ID, messageId, "Открыть", ANNA), /leads to https:/);
});

t.test("people are heard one after the other, once each, and replied to", async (t) => {
  const telegram = await startTelegram(t);
  const working = { count: 0, most: 0 };
  const listener = listenToBot(t, telegram, {
    async onUpdate(update, bot) {
      working.count += 1;
      working.most = Math.max(working.most, working.count);
      await bot.reply(update.chatId, `<b>${update.kind}</b>`);
      working.count -= 1;
    },
  });
  telegram.say(ANNA.id, "/start CODE-1", ANNA);
  telegram.say(GROUP_ID, "о чём вы?", BORIS);
  telegram.say(BORIS.id, "Привет", BORIS);
  telegram.say(GROUP_ID, "/start@poswatch_bot CODE-2", BORIS);
  listener.start();
  await waitFor(() => listener.heard.length === 3 && telegram.unacknowledged() === 0);
  t.match(listener.heard, [
    { kind: "start", code: "CODE-1", chatId: "501", isPrivate: true },
    { kind: "text", text: "Привет", chatId: "502", from: { id: "502", name: "Борис", username: null } },
    { kind: "start", code: "CODE-2", chatId: String(GROUP_ID), isPrivate: false },
  ]);
  t.equal(working.most, 1);
  t.same(
    telegram.messages(BORIS.id).map(({ text }) => text),
    ["Привет", "<b>text</b>"],
    "as it is, not as HTML",
  );
});

t.test("one that fails is left out, and those after it are heard", async (t) => {
  const telegram = await startTelegram(t);
  const listener = listenToBot(t, telegram, {
    async onUpdate(update) {
      if (update.kind === "text" && update.text === "раз") throw new Error("a defect");
    },
  });
  listener.start();
  for (const text of ["раз", "два"]) telegram.say(ANNA.id, text, ANNA);
  await waitFor(() => listener.heard.length === 2 && telegram.unacknowledged() === 0);
  telegram.say(ANNA.id, "три", ANNA);
  await waitFor(() => listener.heard.length === 3 && telegram.unacknowledged() === 0);
  t.same(
    listener.heard.map((update) => update.kind === "text" && update.text),
    ["раз", "два", "три"],
  );
  t.same(listener.standings, [null]);
});

t.test("nothing is acknowledged before it is done", async (t) => {
  const telegram = await startTelegram(t);
  const done = Promise.withResolvers<void>();
  const listener = listenToBot(t, telegram, { onUpdate: () => done.promise });
  listener.start();
  telegram.say(ANNA.id, "Привет", ANNA);
  await waitFor(() => listener.heard.length === 1);
  const stopped = listener.stop();
  t.equal(telegram.unacknowledged(), 1);
  done.resolve();
  await stopped;
  t.equal(telegram.unacknowledged(), 1);
  listener.start();
  await waitFor(() => telegram.unacknowledged() === 0);
  t.equal(listener.heard.length, 1, "and not heard again by the one that knows it");
});

t.test("it stops at once while it waits, and can be started again", async (t) => {
  const telegram = await startTelegram(t);
  const listener = listenToBot(t, telegram);
  await listener.stop();
  for (let round = 1; round <= 3; round++) {
    listener.start();
    await waitFor(() => telegram.isListenedTo());
    await waitFor(() => listener.standings.length > 0);
    t.same(listener.standings, [null], "known before anybody does anything");
    const stoppedAt = performance.now();
    await listener.stop();
    t.ok(performance.now() - stoppedAt < 5_000);
    await waitFor(() => !telegram.isListenedTo());
  }
  listener.start();
  const stopped = listener.stop();
  listener.start();
  await stopped;
  telegram.say(ANNA.id, "Привет", ANNA);
  await waitFor(() => listener.heard.length === 1);
  t.same(listener.standings, [null]);
});
