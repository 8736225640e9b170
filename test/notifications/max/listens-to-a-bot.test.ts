import t from "tap";
import { createMaxSend } from "../../../src/monitor/notifications/channels/max/send-max.ts";
import { listenToMax } from "../../helpers/bot-listener.ts";
import { ANNA, GROUP_ID, OPEN, startMax } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const signal = AbortSignal.timeout(120_000);
const BORIS = { id: 502, firstName: "Борис" };

t.test("a button below a message is pressed and answered", async (t) => {
  const max = await startMax(t);
  await createMaxSend(max.channel())(outgoingMessage({ text: { open: OPEN } }), signal);
  const messageId = max.messages(GROUP_ID)[0]?.id ?? "";
  const listener = listenToMax(t, max, {
    async onUpdate(update, bot) {
      if (update.kind !== "button") return;
      t.strictSame(await bot.answerButton(update.callbackId, "Занимаетесь до 09:00", true), { ok: true });
      t.match(await bot.answerButton("5", "Никому", false), { ok: false, failure: "refused" });
    },
  });
  listener.start();
  listener.start();
  t.equal(await max.press(GROUP_ID, messageId, "Занимаюсь", ANNA), "Занимаетесь до 09:00");
  await waitFor(() => max.unacknowledged() === 0);
  t.match(listener.heard, [
    {
      kind: "button",
      data: { action: "take", incidentId: 12 },
      from: { id: "501", name: "Анна Иванова", username: "anna" },
      ...{ chatId: String(GROUP_ID), messageId },
    },
  ]);
  t.same(listener.standings, [null]);
  await t.rejects(max.press(GROUP_ID, messageId, "Открыть", ANNA), /leads to https:/);
});

t.test("people are heard one after the other, once each, and replied to", async (t) => {
  const max = await startMax(t);
  const working = { count: 0, most: 0 };
  const listener = listenToMax(t, max, {
    async onUpdate(update, bot) {
      working.count += 1;
      working.most = Math.max(working.most, working.count);
      t.strictSame(await bot.reply(update.chatId, `<b>${update.kind}</b>`), { ok: true });
      working.count -= 1;
    },
  });
  listener.start();
  await waitFor(() => max.isListenedTo());
  max.begin(ANNA, "CODE-1");
  max.say("о чём вы?", BORIS, GROUP_ID);
  max.say("Привет", BORIS);
  max.say("/start CODE-2", BORIS, GROUP_ID);
  max.begin(BORIS);
  await waitFor(() => listener.heard.length === 4 && max.unacknowledged() === 0);
  const boris = { id: "502", name: "Борис", username: null };
  t.match(listener.heard, [
    { kind: "start", code: "CODE-1", chatId: "user:501", isPrivate: true },
    { kind: "text", text: "Привет", chatId: "user:502", from: boris },
    { kind: "start", code: "CODE-2", chatId: String(GROUP_ID), isPrivate: false },
    { kind: "text", text: "", chatId: "user:502" },
  ]);
  t.equal(working.most, 1);
  t.same(
    max.messages(max.dialogWith(BORIS).id).map(({ text }) => text),
    ["Привет", "<b>text</b>", "<b>text</b>"],
    "as it is, not as HTML",
  );
});

t.test("many are heard, answer by answer", async (t) => {
  const max = await startMax(t);
  const listener = listenToMax(t, max);
  listener.start();
  await waitFor(() => max.isListenedTo());
  for (let count = 1; count <= 45; count++) max.say(`${count}`, { id: 600 + count, firstName: "Вера" });
  await waitFor(() => listener.heard.length === 45 && max.unacknowledged() === 0);
  t.same(
    listener.heard.map((update) => update.kind === "text" && Number(update.text)),
    Array.from({ length: 45 }, (_, index) => index + 1),
  );
});

t.test("one that fails is left out, and those after it are heard", async (t) => {
  const max = await startMax(t);
  const listener = listenToMax(t, max, {
    async onUpdate(update) {
      if (update.kind === "text" && update.text === "раз") throw new Error("a defect");
    },
  });
  listener.start();
  await waitFor(() => max.isListenedTo());
  for (const text of ["раз", "два"]) max.say(text, ANNA);
  await waitFor(() => listener.heard.length === 2 && max.unacknowledged() === 0);
  max.say("три", ANNA);
  await waitFor(() => listener.heard.length === 3 && max.unacknowledged() === 0);
  t.same(
    listener.heard.map((update) => update.kind === "text" && update.text),
    ["раз", "два", "три"],
  );
  t.same(listener.standings, [null]);
});

t.test("nothing is acknowledged before it is done", async (t) => {
  const max = await startMax(t);
  const done = Promise.withResolvers<void>();
  const listener = listenToMax(t, max, { onUpdate: () => done.promise });
  listener.start();
  max.say("Привет", ANNA);
  await waitFor(() => listener.heard.length === 1);
  const stopped = listener.stop();
  t.equal(max.unacknowledged(), 1);
  done.resolve();
  await stopped;
  t.equal(max.unacknowledged(), 1);
  listener.start();
  await waitFor(() => max.unacknowledged() === 0);
  t.equal(listener.heard.length, 1, "and not heard again by the one that knows it");
});

t.test(
  "what MAX says again to one that asks for the first time counts only if it has just happened",
  async (t) => {
    const max = await startMax(t);
    max.say("Привет", ANNA);
    const first = listenToMax(t, max);
    first.start();
    await waitFor(() => first.heard.length === 1 && max.unacknowledged() === 0);
    await first.stop();
    await waitFor(() => !max.isListenedTo());
    const later = listenToMax(t, max, { clock: () => Date.now() + 11 * 60_000 });
    later.start();
    await waitFor(() => max.isListenedTo());
    t.same(later.heard, []);
    max.say("Снова", ANNA);
    await waitFor(() => later.heard.length === 1);
    t.match(later.heard, [{ text: "Снова" }], "whatever the clock says from then on");
  },
);

t.test("it stops at once while it waits, and can be started again", async (t) => {
  const max = await startMax(t);
  const listener = listenToMax(t, max);
  await listener.stop();
  for (let round = 1; round <= 3; round++) {
    listener.start();
    await waitFor(() => max.isListenedTo());
    const stoppedAt = performance.now();
    await listener.stop();
    t.ok(performance.now() - stoppedAt < 5_000);
    await waitFor(() => !max.isListenedTo());
  }
  listener.start();
  const stopped = listener.stop();
  listener.start();
  await stopped;
  max.say("Привет", ANNA);
  await waitFor(() => listener.heard.length === 1);
  t.same(listener.standings, [null]);
});
