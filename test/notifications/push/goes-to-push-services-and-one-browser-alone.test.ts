import t, { type Test } from "tap";
import webPush from "web-push";
import type { NotificationKind } from "../../../src/monitor/notifications/channels/message.ts";
import { createPushSend, isPushService } from "../../../src/monitor/notifications/channels/push/kind.ts";
import { subjectOf } from "../../../src/monitor/notifications/sending/push-keys.ts";
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
  for (const [kind, url] of [
    ["test", "/incidents"],
    ["summary", "/incidents"],
    ["channel", "/channels"],
  ] as const) {
    await send(toldIncident({ kind, incident: null }, { open }), never);
    t.equal(browser.open(service.calls.at(-1)?.body ?? Buffer.alloc(0)).url, url);
  }
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

t.test("the services of the browsers are known", async (t) => {
  for (const endpoint of [
    "https://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com:443/wp/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "https://wns2-par02p.notify.windows.com/w/?token=abc",
    "https://web.push.apple.com/abc",
    "https://FCM.googleapis.com/fcm/send/abc",
  ]) {
    t.ok(isPushService(new URL(endpoint)), endpoint);
  }
});

const HOSTILE = [
  "http://fcm.googleapis.com/fcm/send/abc",
  "https://fcm.googleapis.com:8443/fcm/send/abc",
  "https://somebody:secret@fcm.googleapis.com/",
  "https://fcm.googleapis.com@10.0.0.1/",
  "https://fcm.googleapis.com.evil.example/",
  "https://evil-fcm.googleapis.com/",
  "https://evil.fcm.googleapis.com/",
  "https://storage.googleapis.com/",
  "https://notify.windows.com/",
  "https://evilnotify.windows.com/",
  "https://notify.windows.com.evil.example/",
  "https://push.apple.com/",
  "https://permanently-removed.invalid/fcm/send/abc",
  "https://fcm.googleapis.com./",
  "https://169.254.169.254/latest/meta-data",
  "https://[::ffff:169.254.169.254]/latest",
  "https://metadata.google.internal/computeMetadata",
  "https://10.8.3.1/",
  "https://localhost/",
  "http://127.0.0.1:8080/",
  "file:///etc/passwd",
];

t.test("nobody else is called, though it stands in the database", async (t) => {
  const service = await listenPushService(t);
  for (const endpoint of [...HOSTILE, `${service.origin}/latest/meta-data`, "nothing"]) {
    const outcome = await sendTo(endpoint);
    t.match(outcome, { failure: "recipient", detail: /is no push service that is known$/ }, endpoint);
    t.notMatch(JSON.stringify(outcome), /meta-data|secret|passwd|abc/i);
  }
  t.equal(service.calls.length, 0);
});

t.test("services are told whom to ask: Poswatch, where anybody could know its name", async (t) => {
  const nobody = "mailto:push@example.com";
  const subjects: [address: string, subject: string][] = [
    ["https://poswatch.vkusno.ru", "https://poswatch.vkusno.ru"],
    ["https://poswatch.vkusno.ru:8443/monitor?x", "https://poswatch.vkusno.ru:8443"],
    ["https://мониторинг.рф", "https://xn--c1ajaofcdcss.xn--p1ai"],
    ["http://poswatch.vkusno.ru", nobody],
    ["https://poswatch", nobody],
    ["https://localhost:8443", nobody],
    ["https://poswatch.localhost", nobody],
    ["https://poswatch.local", nobody],
    ["https://poswatch.corp", nobody],
    ["https://poswatch.example", nobody],
    ["https://10.0.0.5", nobody],
    ["https://[fd00::5]:8443", nobody],
    ["https://[", nobody],
    ["", nobody],
  ];
  for (const [address, subject] of subjects) t.equal(subjectOf(address), subject, address);
});

t.test("keys that are none end it without a call, and are not told", async (t) => {
  const service = await listenPushService(t);
  const { target, secrets } = subscribeBrowser(service.origin + PATH);
  const noPoint = Buffer.alloc(65, 4).toString("base64url");
  for (const connection of [
    { server, target: { ...target, p256dh: noPoint }, secrets },
    { server, target, secrets: { auth: "short" } },
    { server: { ...server, privateKey: "none" }, target, secrets },
  ]) {
    const outcome = await createPushSend(connection, () => true)(toldIncident(), never);
    t.match(outcome, { failure: "recipient", detail: "the keys of the browser cannot be used" });
  }
  t.equal(service.calls.length, 0);
});

async function sendTo(endpoint: string) {
  const connection = { server, ...subscribeBrowser(endpoint) };
  return await createPushSend(connection, isPushService)(toldIncident(), never);
}
