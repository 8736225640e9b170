import t from "tap";
import { createMaxSend } from "../../../src/monitor/notifications/channels/max/send-max.ts";
import { hang } from "../../helpers/bot-faults.ts";
import { ANNA, GROUP_ID, OPEN, refuseWith, resultOf, startMax, TO_ANNA } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";

const signal = AbortSignal.timeout(120_000);

t.test("a message comes with buttons, without a preview, and rings unless it is silent", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const sent = await send(outgoingMessage({ text: { open: OPEN } }), signal);
  const [message] = max.messages(GROUP_ID);
  const answer = `${GROUP_ID} · @poswatch_bot`;
  t.strictSame(sent, { ok: true, reference: `${GROUP_ID}/${message?.id}`, answer });
  t.match(message, { text: /^🔴 18 POS-серверов не обмениваются\n\nОдна причина/, isSilent: false });
  t.match(message?.markup, [{ type: "strong" }, { type: "emphasized" }]);
  t.strictSame(message?.buttons, [
    [
      { type: "callback", text: "Занимаюсь", payload: "take:12" },
      { type: "link", ...OPEN },
    ],
  ]);
  t.match(max.calls[0], {
    method: "POST /messages",
    query: { chat_id: String(GROUP_ID), disable_link_preview: "true" },
    body: { format: "html", notify: true },
  });
  t.match(await send(outgoingMessage({ isSilent: true }), signal), { ok: true });
  t.equal(max.messages(GROUP_ID)[1]?.isSilent, true);
});

t.test(
  "it comes to a person by their number, and to the dialog with them by that of the dialog",
  async (t) => {
    const max = await startMax(t);
    const person = createMaxSend(max.channel(TO_ANNA));
    t.match(await person(outgoingMessage(), signal), {
      ok: true,
      reference: /^user:501\/mid\.[0-9a-f]{32}$/,
      answer: "user:501 · @poswatch_bot",
    });
    const dialog = createMaxSend(max.channel({ chatId: String(max.dialogId) }));
    t.match(await dialog(outgoingMessage(), signal), { ok: true });
    t.equal(max.messages(max.dialogId).length, 2);
  },
);

t.test("a changed one is the same message, silently, also when nothing has changed", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const sent = await send(outgoingMessage({ text: { open: OPEN } }), signal);
  const reference = sent.ok ? sent.reference : null;
  const over = { sign: "over", title: "Восстановлено за 24 мин", taking: null, open: OPEN } as const;
  const closed = outgoingMessage({ kind: "closed", reference, text: over });
  t.match(await send(closed, signal), { ok: true, reference, answer: "changed" });
  t.match(await send(closed, signal), { ok: true, reference });
  const [message, another] = max.messages(GROUP_ID);
  t.match(message, { text: /^✅ Восстановлено за 24 мин/, history: [{ text: /^🔴/ }, { text: /^✅/ }] });
  t.strictSame(message?.buttons, [[{ type: "link", ...OPEN }]], "only the link is left");
  t.match(max.calls[1], {
    method: "PUT /messages",
    query: { message_id: message?.id },
    body: { notify: false },
  });
  t.equal(another, undefined);

  const bare = outgoingMessage({ reference, text: { ...over, open: null } });
  t.match(await send(bare, signal), { ok: true, reference });
  t.strictSame(max.messages(GROUP_ID)[0]?.buttons, [], "no button stays that is not wanted");
});

t.test("when the message is gone, a new silent one comes instead, which is changed then", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const sent = await send(outgoingMessage(), signal);
  const [first] = max.messages(GROUP_ID);
  max.remove(first?.id ?? "");
  const changed = outgoingMessage({ reference: sent.ok ? sent.reference : null, text: { title: "19" } });
  const again = await send(changed, signal);
  const [second] = max.messages(GROUP_ID);
  t.match(again, { ok: true, reference: `${GROUP_ID}/${second?.id}` });
  t.match(second, { text: /^🔴 19/, isSilent: true });

  const refusals = [
    resultOf({ success: false, code: "message.not.found", message: "Message not found" }),
    resultOf({ success: false, message: "Message was deleted" }),
    refuseWith(400, "proto.payload", "Can't edit message: it is too old"),
  ];
  for (const behaviour of refusals) {
    max.failNext(behaviour, "PUT /messages");
    t.match(await send(changed, signal), { ok: true });
  }
  t.equal(max.messages(GROUP_ID).length, 4);
  t.match(
    await send(outgoingMessage({ reference: "nowhere" }), signal),
    { ok: true },
    "an unknown reference",
  );
});

t.test("a change that fails otherwise is no reason for a new message", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const sent = await send(outgoingMessage(), signal);
  const changed = outgoingMessage({ reference: sent.ok ? sent.reference : null, text: { title: "19" } });
  max.failNext(refuseWith(429, "too.many.requests", "Too many requests. Limit is: 10 calls per second."));
  t.match(await send(changed, signal), { ok: false, failure: "rate_limited", retryAfterMs: null });
  max.failNext(resultOf({ success: false, code: "internal.error", message: "…" }));
  t.match(await send(changed, signal), { ok: false, failure: "server_error", isOfMessage: false });
  max.failNext(resultOf({}));
  t.match(await send(changed, signal), { ok: false, failure: "invalid_answer" });
  max.failNext(resultOf({ success: false, message: "try again" }));
  t.match(await send(changed, signal), { ok: false, failure: "refused", isOfMessage: false });
  t.equal(max.messages(GROUP_ID).length, 1);
});

t.test(
  "when messages go elsewhere now, and the old chat is closed to the bot, the new one has them",
  async (t) => {
    const max = await startMax(t);
    const before = await createMaxSend(max.channel())(outgoingMessage(), signal);
    max.setStanding(GROUP_ID, "removed");
    const changed = outgoingMessage({ reference: before.ok ? before.reference : null });
    const anna = createMaxSend(max.channel(TO_ANNA));
    t.match(await anna(changed, signal), { ok: true, reference: new RegExp(`^user:${ANNA.id}/`) });
    const same = createMaxSend(max.channel());
    t.match(await same(changed, signal), { ok: false, failure: "recipient" });
  },
);

t.test("a button for a link that MAX refuses after all becomes a written link", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const refusal = refuseWith(400, "proto.payload", "Must have only http/https links format in buttons");
  max.failNext(refusal);
  const sent = await send(outgoingMessage({ text: { open: OPEN } }), signal);
  t.match(max.messages(GROUP_ID)[0], { text: "Открыть: https://poswatch.ru/incidents/12" });
  t.equal(max.messages(GROUP_ID)[0]?.buttons.flat().length, 1);

  max.failNext(refusal, "PUT /messages");
  const changed = outgoingMessage({
    reference: sent.ok ? sent.reference : null,
    text: { title: "19", open: OPEN },
  });
  t.match(await send(changed, signal), { ok: true });
  t.match(max.messages(GROUP_ID), [{ text: /^🔴 19.*Открыть: https/s, buttons: [[{ text: "Занимаюсь" }]] }]);
});

t.test("it rejects when it is stopped", async (t) => {
  const max = await startMax(t);
  max.failAll(hang);
  const stopping = new AbortController();
  const sending = createMaxSend(max.channel())(outgoingMessage(), stopping.signal);
  stopping.abort(new Error("the monitor stops"));
  await t.rejects(sending, { message: "the monitor stops" });
  const late = createMaxSend(max.channel())(outgoingMessage(), stopping.signal);
  await t.rejects(late, { message: "the monitor stops" });
});
