import t from "tap";
import { DIALECTS } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import { BOTS, listenTo } from "../../helpers/bots.ts";
import { startMax } from "../../helpers/max.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { ANNA } from "../../helpers/simulated-messenger.ts";
import { GROUP_ID, startTelegram } from "../../helpers/telegram.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const { signal } = new AbortController();
const BORIS = { id: 502, firstName: "Борис" };

for (const { kind, start } of BOTS) {
  const personal = kind === "max" ? "user:" : "";

  t.test(`${kind}: a button below a message is pressed and answered`, async (t) => {
    const bot = await start(t);
    await createBotSend(bot.channel())(toldIncident(), signal);
    const messageId = bot.messages()[0]?.id ?? "";
    const listener = listenTo(t, bot, {
      async onUpdate(update) {
        if (update.kind !== "button") return null;
        return DIALECTS[kind].answerButton(update.callbackId, "Занимаетесь до 09:00", true);
      },
    });
    listener.start();
    t.equal(await bot.press(messageId, "Занимаюсь"), "Занимаетесь до 09:00");
    await waitFor(() => bot.unacknowledged() === 0);
    const from = { id: "501", name: "Анна Иванова", username: "anna" };
    t.match(listener.heard, [{ kind: "button", data: { action: "take", incidentId: 118 }, from }]);
    t.same(listener.standings, [null]);
  });

  t.test(`${kind}: people are heard alone, one after the other, once each, and replied to`, async (t) => {
    const bot = await start(t);
    const working = { count: 0, most: 0 };
    const listener = listenTo(t, bot, {
      async onUpdate(update) {
        working.count += 1;
        working.most = Math.max(working.most, working.count);
        await new Promise(setImmediate);
        working.count -= 1;
        if (update.kind === "button") return null;
        if (update.kind === "text" && update.text === "Вера 1") throw new Error("a defect");
        const target = { chatId: update.chatId, topicId: "" };
        return DIALECTS[kind].sendMessage(target, { html: update.kind, buttons: [] }, false);
      },
    });
    listener.start();
    await waitFor(() => bot.isListenedTo());
    bot.say("/start CODE-1", ANNA);
    bot.say("о чём вы?", BORIS, true);
    bot.say("/start CODE-2", BORIS, true);
    bot.say("Привет", BORIS);
    const names = Array.from({ length: 45 }, (_, index) => `Вера ${index + 1}`);
    for (const [index, firstName] of names.entries()) bot.say(firstName, { id: 600 + index, firstName });
    await waitFor(() => listener.heard.length === 47 && bot.unacknowledged() === 0);
    const boris = { id: "502", name: "Борис", username: null };
    t.match(listener.heard, [
      { kind: "start", code: "CODE-1", chatId: bot.anna },
      { kind: "text", text: "Привет", chatId: `${personal}502`, from: boris },
      ...names.map((text) => ({ text })),
    ]);
    t.equal(working.most, 1);
    t.equal(bot.messages(bot.anna).at(-1)?.text, "start");
    t.same(listener.standings, [null], "a defect leaves out one of them alone");
  });

  t.test(`${kind}: nothing is acknowledged before it is done`, async (t) => {
    const bot = await start(t);
    const done = Promise.withResolvers<null>();
    const listener = listenTo(t, bot, { onUpdate: () => done.promise });
    listener.start();
    await waitFor(() => bot.isListenedTo());
    bot.say("раз", ANNA);
    bot.say("два", BORIS);
    await waitFor(() => listener.heard.length === 1);
    const stopped = listener.stop();
    t.equal(bot.unacknowledged(), 2);
    done.resolve(null);
    await stopped;
    t.equal(bot.unacknowledged(), 2, "the next one hears of them");
  });
}

t.test("telegram: what was written before is heard, and an answer may be an alert", async (t) => {
  const telegram = await startTelegram(t);
  await createBotSend(telegram.channel())(toldIncident(), signal);
  const messageId = telegram.messages(GROUP_ID)[0]?.id ?? 0;
  for (const text of ["раз", "два"]) telegram.say(ANNA.id, text, ANNA);
  const answer = telegram.press(GROUP_ID, messageId, "Занимаюсь", ANNA);
  const listener = listenTo(t, telegram, {
    async onUpdate(update) {
      if (update.kind !== "button") return null;
      return DIALECTS.telegram.answerButton(update.callbackId, "слово ".repeat(50), true);
    },
  });
  listener.start();
  t.match(await answer, { text: /^слово .{170,200}…$/, isAlert: true });
  t.match(listener.heard, [{ text: "раз" }, { text: "два" }, { kind: "button" }]);
});

t.test("max: what it says again at the first question counts only if it just happened", async (t) => {
  const max = await startMax(t);
  max.say("Привет", ANNA);
  const first = listenTo(t, max);
  first.start();
  await waitFor(() => first.heard.length === 1 && max.unacknowledged() === 0);
  await first.stop();
  await waitFor(() => !max.isListenedTo());
  const later = listenTo(t, max, { clock: () => Date.now() + 11 * 60_000 });
  later.start();
  await waitFor(() => max.isListenedTo());
  t.same(later.heard, []);
  max.begin(ANNA, "CODE-1");
  max.begin(BORIS);
  await waitFor(() => later.heard.length === 2);
  t.match(later.heard, [{ kind: "start", code: "CODE-1" }, { kind: "text" }], "whatever the clock says then");
});
