import t from "tap";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/kind.ts";
import { BOTS } from "../../helpers/bots.ts";
import * as max from "../../helpers/max.ts";
import { OPEN, toldIncident } from "../../helpers/notified-incident.ts";
import { answerWith } from "../../helpers/serve-bot.ts";
import * as telegram from "../../helpers/telegram.ts";

const { signal } = new AbortController();
const MESSAGE = toldIncident();
const referenceOf = (outcome: SendOutcome) => (outcome.ok ? outcome.reference : null);
const TAKE = { text: "Занимаюсь", data: "take:118" };

/** What is said of a message that is gone. */
const GONE = {
  telegram: [
    telegram.refuseWith(400, "Bad Request: message can't be edited"),
    telegram.refuseWith(400, "Bad Request: MESSAGE_ID_INVALID"),
  ],
  max: [
    max.resultOf({ success: false, code: "message.not.found", message: "Message not found" }),
    max.resultOf({ success: false, message: "Message was deleted" }),
    max.refuseWith(400, "proto.payload", "Can't edit message: it is too old"),
  ],
};
/** What is said of a button for a link that is not taken. */
const LINK_REFUSED = {
  telegram: telegram.refuseWith(
    400,
    "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL",
  ),
  max: max.refuseWith(400, "proto.payload", "Must have only http/https links format in buttons"),
};
const CHANGES = { telegram: "editMessageText", max: "PUT /messages" };

for (const { kind, start } of BOTS) {
  t.test(`${kind}: a message rings unless it is silent; a changed one is the same message`, async (t) => {
    const bot = await start(t);
    const send = createBotSend(bot.channel());
    const sent = await send(MESSAGE, signal);
    const [message] = bot.messages();
    const reference = referenceOf(sent);
    t.strictSame(sent, { ok: true, reference: `${bot.group}/${message?.id}`, answer: bot.group });
    t.match(message?.text, /^🔴 18 POS-серверов не обмениваются\n\nОдна причина/);
    t.strictSame([message?.isSilent, message?.buttons], [false, [TAKE, OPEN]]);
    t.match(await send({ ...MESSAGE, isSilent: true }, signal), { ok: true });
    t.equal(bot.messages()[1]?.isSilent, true);

    const over = { sign: "over", title: "Восстановлено за 24 мин", acknowledgement: null } as const;
    const closed = toldIncident({ kind: "closed", reference }, over);
    for (const what of ["once", "also when nothing has changed"])
      t.strictSame(await send(closed, signal), { ok: true, reference, answer: "changed" }, what);
    t.match(bot.messages()[0], { text: /^✅ Восстановлено за 24 мин/, history: [/^🔴/] });
    t.strictSame(bot.messages()[0]?.buttons, [OPEN], "only the link is left");
    t.equal(bot.messages().length, 2);
    await send(toldIncident({ reference }, { ...over, open: null }), signal);
    t.strictSame(bot.messages()[0]?.buttons, [], "no button stays that is not wanted");
  });

  t.test(`${kind}: only for a message that is gone a new silent one comes`, async (t) => {
    const bot = await start(t);
    const send = createBotSend(bot.channel());
    const reference = referenceOf(await send(MESSAGE, signal));
    bot.remove(bot.messages()[0]?.id ?? "");
    const again = await send(toldIncident({ reference }, { title: "19" }), signal);
    const [second] = bot.messages();
    t.match(again, { ok: true, reference: `${bot.group}/${second?.id}` });
    t.match(second, { text: /^🔴 19/, isSilent: true });
    const changed = toldIncident({ reference: referenceOf(again) });
    for (const behaviour of GONE[kind]) {
      bot.failNext(behaviour, CHANGES[kind]);
      t.match(await send(changed, signal), { ok: true });
    }
    for (const [behaviour, outcome] of [
      [bot.refuse(429, "Too Many Requests", 3), { failure: "wait", retryAfterMs: 3_000 }],
      [bot.refuse(400, "try again"), { failure: "recipient" }],
      [answerWith(502, "<html>"), { failure: "temporary" }],
    ] as const) {
      bot.failNext(behaviour);
      t.match(await send(changed, signal), { ok: false, ...outcome });
    }
    t.equal(bot.messages().length, 1 + GONE[kind].length);
  });

  t.test(`${kind}: when messages go elsewhere now, the new chat has what was changed`, async (t) => {
    const bot = await start(t);
    const before = await createBotSend(bot.channel())(MESSAGE, signal);
    bot.shutOut();
    const changed = toldIncident({ reference: referenceOf(before) });
    const anna = createBotSend(bot.channel({ chatId: bot.anna }));
    const reference = new RegExp(`^${bot.anna}/`);
    t.match(await anna(changed, signal), { ok: true, reference, answer: bot.anna });
    t.match(await createBotSend(bot.channel())(changed, signal), { ok: false, failure: "recipient" });
  });

  t.test(`${kind}: a button for a link that is refused becomes a written link`, async (t) => {
    const bot = await start(t);
    const send = createBotSend(bot.channel());
    bot.failNext(LINK_REFUSED[kind]);
    const sent = await send(MESSAGE, signal);
    const written = { text: /Открыть: https:\/\/poswatch\.example\.ru\/incidents\/118/, buttons: [TAKE] };
    t.match(bot.messages(), [written]);
    t.equal(bot.messages()[0]?.buttons.length, 1);
    bot.failNext(LINK_REFUSED[kind], CHANGES[kind]);
    const reference = referenceOf(sent);
    t.match(await send(toldIncident({ reference }, { title: "19" }), signal), { ok: true });
    t.match(bot.messages(), [{ ...written, history: [written.text] }]);
  });
}

t.test("telegram: it comes to a topic and to a public name, without a preview", async (t) => {
  const simulator = await telegram.startTelegram(t);
  await createBotSend(simulator.channel({ topicId: "7" }))(MESSAGE, signal);
  await createBotSend(simulator.channel({ chatId: "@duty_group" }))(MESSAGE, signal);
  t.match(simulator.messages(telegram.GROUP_ID), [
    { topicId: 7, hasLinkPreview: false },
    { topicId: null, hasLinkPreview: false },
  ]);
});

t.test("telegram: a group that became a supergroup is followed, by changes too", async (t) => {
  const simulator = await telegram.startTelegram(t);
  const { GROUP_ID } = telegram;
  simulator.addChat({ id: -42, kind: "group", title: "Смена" });
  const send = createBotSend(simulator.channel({ chatId: "-42" }));
  const before = await send(MESSAGE, signal);
  simulator.setStanding(-42, { movedTo: GROUP_ID });
  t.match(await send(MESSAGE, signal), { ok: true, reference: new RegExp(`^${GROUP_ID}/\\d+$`) });

  const reference = referenceOf(await send(toldIncident({ reference: referenceOf(before) }), signal));
  t.match(reference, new RegExp(`^${GROUP_ID}/\\d+$`));
  t.equal(simulator.messages(GROUP_ID)[1]?.isSilent, true);
  t.match(await send(toldIncident({ reference }, { title: "19" }), signal), { ok: true, reference });
  t.equal(simulator.messages(GROUP_ID).length, 2, "the one in the supergroup is changed in place");
});

t.test("max: it comes to a dialog by its number, and a change is silent", async (t) => {
  const simulator = await max.startMax(t);
  const send = createBotSend(simulator.channel({ chatId: String(simulator.dialogId) }));
  await send(toldIncident({ reference: referenceOf(await send(MESSAGE, signal)) }), signal);
  t.match(simulator.messages(simulator.anna), [{ history: [/^🔴/] }]);
  const [posted, changed] = simulator.calls;
  t.match(posted, { method: "POST /messages", query: { disable_link_preview: "true" } });
  t.match(posted, { body: { format: "html", notify: true } });
  t.match(changed, { method: "PUT /messages", query: { message_id: /^mid\./ } });
  t.match(changed, { body: { format: "html", notify: false } });
  t.notMatch(JSON.stringify(simulator.calls), max.TOKEN, "the token goes in its header, and nowhere else");
});
