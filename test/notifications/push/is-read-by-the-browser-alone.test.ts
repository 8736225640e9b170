import t, { type Test } from "tap";
import webPush from "web-push";
import type { NotificationKind } from "../../../src/monitor/notifications/channels/message.ts";
import { createPushSend } from "../../../src/monitor/notifications/channels/push/kind.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { isTestService } from "../../helpers/push-form.ts";
import { listenPushService, readVapid, subscribeBrowser } from "../../helpers/push-service.ts";

const never = new AbortController().signal;
const server = { ...webPush.generateVAPIDKeys(), subject: "https://poswatch.example.ru" };
const PATH = "/wpush/v2/ENDPOINT-OF-SOMEBODY";

t.test("what happened comes to the browser, encrypted for it and signed by the installation", async (t) => {
  const { service, browser, send } = await begin(t);
  t.same(await send(toldIncident(), never), { ok: true, reference: null, answer: "201 Created" });
  const [call] = service.calls;
  t.match(call, { method: "POST", url: PATH });
  t.match(call?.headers, {
    "content-type": "application/octet-stream",
    "content-encoding": "aes128gcm",
    "user-agent": "Poswatch",
    ttl: "86400",
    urgency: "high",
    topic: /^[A-Za-z0-9_-]{32}$/,
  });
  const body = call?.body ?? Buffer.alloc(0);
  t.same(browser.open(body), {
    title: "18 POS-серверов не обмениваются",
    body: "Одна причина: превышено время ожидания главного сервера.\nС 02:00 — вероятно, главный сервер или сеть.",
    url: "/incidents/118",
    tag: call?.headers.topic,
    renotify: true,
    silent: false,
    language: "ru",
    at: Date.parse("2026-11-25T23:04:00.000Z"),
  });
  t.throws(() => subscribeBrowser(service.origin).open(body), "no other one can read it");

  const vapid = readVapid(call?.headers.authorization);
  t.equal(vapid?.publicKey, server.publicKey);
  t.match(vapid?.claims, { aud: service.origin, sub: "https://poswatch.example.ru" });
  const lastsSeconds = Number(vapid?.claims.exp) - Date.now() / 1_000;
  t.ok(lastsSeconds > 0 && lastsSeconds < 86_400, `the signature is good for ${lastsSeconds} s`);
});

t.test("a message of one incident replaces the last, and is heard only when it alerts", async (t) => {
  const { service, browser, send } = await begin(t);
  const sent: [NotificationKind, boolean, "failing" | "over" | "calm"][] = [
    ["opened", false, "failing"],
    ["repeated", false, "failing"],
    ["closed", true, "over"],
    ["test", false, "calm"],
  ];
  for (const [kind, isSilent, sign] of sent) await send(toldIncident({ kind, isSilent }, { sign }), never);
  await send(toldIncident({ thread: "incident-119" }), never);
  const shown = service.calls.map(({ headers, body }) => {
    const { tag, renotify, silent } = browser.open(body);
    t.equal(tag, headers.topic);
    return { urgency: headers.urgency, renotify, silent };
  });
  const heard = { renotify: true, silent: false };
  t.same(shown, [
    { urgency: "high", ...heard },
    { urgency: "high", ...heard },
    { urgency: "normal", renotify: false, silent: true },
    { urgency: "normal", ...heard },
    { urgency: "high", ...heard },
  ]);
  const topics = service.calls.map(({ headers }) => headers.topic);
  t.equal(new Set(topics.slice(0, 4)).size, 1);
  t.not(topics[4], topics[0]);
});

t.test("a page of Poswatch is opened, whatever stands in the message", async (t) => {
  const { service, browser, send } = await begin(t);
  const open = { text: "Открыть", url: "https://elsewhere.example/phishing" };
  for (const kind of ["test", "summary", "channel"] as const) {
    await send(toldIncident({ kind, incident: null }, { open }), never);
  }
  t.same(
    service.calls.map(({ body }) => browser.open(body).url),
    ["/incidents", "/incidents", "/channels"],
  );
});

t.test("however long it is, it is within what services take, and ends at a word", async (t) => {
  const { service, browser, send } = await begin(t);
  for (const letter of ["Ж", '"', "漢", "\u202e\u0000<b>", "😀"]) {
    const long = `${letter.repeat(7)} `.repeat(2_000);
    await send(toldIncident({}, { title: long, paragraphs: [`\n${long}\n\n`, long, long] }), never);
    const { body = Buffer.alloc(0) } = service.calls.pop() ?? {};
    t.ok(body.length < 3 * 1_024, `${body.length} bytes`);
    const { title, body: text } = browser.open(body);
    t.ok(title.length <= 120 && title.endsWith("…"), title);
    const lines = [title, ...text.split("\n")];
    t.equal(lines.length, 3);
    t.ok(lines.every((line) => line.isWellFormed() && !/[\p{Cc}\p{Cf}]/u.test(line)));
  }
});

async function begin(t: Test) {
  const service = await listenPushService(t);
  const browser = subscribeBrowser(service.origin + PATH);
  return { service, browser, send: createPushSend({ server, ...browser }, isTestService) };
}
