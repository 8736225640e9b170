import t from "tap";
import { createTelegramSend } from "../../../src/monitor/notifications/channels/telegram/send-telegram.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { ANNA, GROUP_ID, refuseWith, resultOf, startTelegram } from "../../helpers/telegram.ts";

const signal = AbortSignal.timeout(120_000);

t.test("a message comes with buttons, without a preview, and rings unless it is silent", async (t) => {
  const telegram = await startTelegram(t);
  const send = createTelegramSend(telegram.channel());
  const sent = await send(outgoingMessage(), signal);
  const [message] = telegram.messages(GROUP_ID);
  t.strictSame(sent, {
    ok: true,
    reference: `${GROUP_ID}:${message?.id}`,
    answer: "Дежурные · @poswatch_bot",
  });
  t.match(message, {
    text: /^🔴 18 POS-серверов не обмениваются\n\nОдна причина/,
    isSilent: false,
    hasLinkPreview: false,
    topicId: null,
  });
  t.strictSame(message?.buttons, [
    [
      { text: "Занимаюсь", data: "take:12" },
      { text: "Открыть", url: "https://poswatch.example/incidents/12" },
    ],
  ]);
  t.match(await send(outgoingMessage({ isSilent: true }), signal), { ok: true });
  t.equal(telegram.messages(GROUP_ID)[1]?.isSilent, true);
});

t.test("it comes to a topic, to a public name and to a person", async (t) => {
  const telegram = await startTelegram(t);
  await createTelegramSend(telegram.channel({ topicId: 7 }))(outgoingMessage(), signal);
  await createTelegramSend(telegram.channel({ chatId: "@duty_group" }))(outgoingMessage(), signal);
  t.strictSame(
    telegram.messages(GROUP_ID).map(({ topicId }) => topicId),
    [7, null],
  );
  const person = createTelegramSend(telegram.channel({ chatId: String(ANNA.id) }));
  t.match(await person(outgoingMessage(), signal), { ok: true, answer: "Анна Иванова · @poswatch_bot" });
  t.equal(telegram.messages(ANNA.id).length, 1);
});

t.test("a changed one is the same message, also when nothing has changed", async (t) => {
  const telegram = await startTelegram(t);
  const send = createTelegramSend(telegram.channel());
  const sent = await send(outgoingMessage(), signal);
  const reference = sent.ok ? sent.reference : null;
  const over = { sign: "over", title: "Восстановлено за 24 мин", taking: null } as const;
  const closed = outgoingMessage({ kind: "closed", reference, text: over });
  t.match(await send(closed, signal), { ok: true, reference, answer: "Дежурные · @poswatch_bot" });
  t.match(await send(closed, signal), { ok: true, reference, answer: "not modified" });
  const [message, another] = telegram.messages(GROUP_ID);
  t.match(message, { text: /^✅ Восстановлено за 24 мин/, history: [{ text: /^🔴/ }] });
  t.equal(message?.buttons.flat().length, 1, "only the link is left");
  t.equal(another, undefined);
});

t.test("when the message is gone, a new silent one comes instead, which is changed then", async (t) => {
  const telegram = await startTelegram(t);
  const send = createTelegramSend(telegram.channel());
  const sent = await send(outgoingMessage(), signal);
  const [first] = telegram.messages(GROUP_ID);
  telegram.remove(GROUP_ID, first?.id ?? 0);
  const changed = outgoingMessage({ reference: sent.ok ? sent.reference : null, text: { title: "19" } });
  const again = await send(changed, signal);
  const [second] = telegram.messages(GROUP_ID);
  t.match(again, { ok: true, reference: `${GROUP_ID}:${second?.id}` });
  t.match(second, { text: /^🔴 19/, isSilent: true });

  for (const words of ["Bad Request: message can't be edited", "Bad Request: MESSAGE_ID_INVALID"]) {
    telegram.failNext(refuseWith(400, words), "editMessageText");
    t.match(await send(changed, signal), { ok: true });
  }
  t.equal(telegram.messages(GROUP_ID).length, 3);
  t.match(
    await send(outgoingMessage({ reference: "nowhere" }), signal),
    { ok: true },
    "an unknown reference",
  );
});

t.test("a change that fails otherwise is no reason for a new message", async (t) => {
  const telegram = await startTelegram(t);
  const send = createTelegramSend(telegram.channel());
  const sent = await send(outgoingMessage(), signal);
  const changed = outgoingMessage({ reference: sent.ok ? sent.reference : null, text: { title: "19" } });
  telegram.failNext(refuseWith(429, "Too Many Requests: retry after 3", { retry_after: 3 }));
  t.match(await send(changed, signal), { ok: false, failure: "rate_limited", retryAfterMs: 3_000 });
  telegram.failNext(resultOf(true));
  t.match(await send(changed, signal), { ok: true, answer: "changed" });
  t.equal(telegram.messages(GROUP_ID).length, 1);
});

t.test("a group that became a supergroup is followed, by new messages and by changes", async (t) => {
  const telegram = await startTelegram(t);
  telegram.addChat({ id: -42, kind: "group", title: "Смена" });
  const send = createTelegramSend(telegram.channel({ chatId: "-42" }));
  const before = await send(outgoingMessage(), signal);
  telegram.setStanding(-42, { movedTo: GROUP_ID });
  t.match(await send(outgoingMessage(), signal), { ok: true, reference: new RegExp(`^${GROUP_ID}:\\d+$`) });

  const changed = outgoingMessage({ reference: before.ok ? before.reference : null });
  const moved = await send(changed, signal);
  t.match(moved, { ok: true, reference: new RegExp(`^${GROUP_ID}:\\d+$`) });
  t.equal(telegram.messages(GROUP_ID)[1]?.isSilent, true);
  const title = "19 POS-серверов";
  const reference = moved.ok ? moved.reference : null;
  t.match(await send(outgoingMessage({ reference, text: { title } }), signal), { ok: true, reference });
  t.equal(telegram.messages(GROUP_ID).length, 2, "the one in the supergroup is changed in place");
});

t.test(
  "when messages go elsewhere now, and the old chat is closed to the bot, the new one has them",
  async (t) => {
    const telegram = await startTelegram(t);
    const before = await createTelegramSend(telegram.channel())(outgoingMessage(), signal);
    telegram.setStanding(GROUP_ID, "kicked");
    const changed = outgoingMessage({ reference: before.ok ? before.reference : null });
    const anna = createTelegramSend(telegram.channel({ chatId: String(ANNA.id) }));
    t.match(await anna(changed, signal), { ok: true, reference: new RegExp(`^${ANNA.id}:`) });
    const same = createTelegramSend(telegram.channel());
    t.match(await same(changed, signal), { ok: false, failure: "recipient" });
  },
);

t.test("a button for a link that Telegram refuses after all becomes a written link", async (t) => {
  const telegram = await startTelegram(t);
  telegram.failNext(refuseWith(400, "Bad Request: BUTTON_URL_INVALID"));
  t.match(await createTelegramSend(telegram.channel())(outgoingMessage(), signal), { ok: true });
  const [message] = telegram.messages(GROUP_ID);
  t.match(message?.text, "Открыть: https://poswatch.example/incidents/12");
  t.equal(message?.buttons.flat().length, 1);
});

t.test("it rejects when it is stopped", async (t) => {
  const telegram = await startTelegram(t);
  telegram.failAll(() => undefined);
  const stopping = new AbortController();
  const sending = createTelegramSend(telegram.channel())(outgoingMessage(), stopping.signal);
  stopping.abort(new Error("the monitor stops"));
  await t.rejects(sending, { message: "the monitor stops" });
  const late = createTelegramSend(telegram.channel())(outgoingMessage(), stopping.signal);
  await t.rejects(late, { message: "the monitor stops" });
});
