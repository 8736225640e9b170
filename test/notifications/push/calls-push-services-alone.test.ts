import t from "tap";
import webPush from "web-push";
import {
  createPushSend,
  type IsPushService,
  isPushService,
} from "../../../src/monitor/notifications/channels/push/kind.ts";
import { subjectOf } from "../../../src/monitor/notifications/sending/push-keys.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { listenPushService, subscribeBrowser } from "../../helpers/push-service.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { listenWebhook } from "../../helpers/webhook-server.ts";

const never = new AbortController().signal;
const PATH = "/fcm/send/ENDPOINT-OF-SOMEBODY";
const server = { ...webPush.generateVAPIDKeys(), subject: "mailto:push@example.com" };

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

t.test("nothing else is", async (t) => {
  for (const endpoint of HOSTILE) t.notOk(isPushService(new URL(endpoint)), endpoint);
});

t.test("nobody else is called, though it stands in the database", async (t) => {
  const service = await listenPushService(t);
  for (const endpoint of [...HOSTILE, `${service.origin}/latest/meta-data`, "nothing"]) {
    const outcome = await sendTo(endpoint, isPushService);
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

t.test(
  "whoever cannot be called, may not be or is not trusted is told of, without where the browser is",
  async (t) => {
    const secure = await listenWebhook(t, undefined, await makeCertificate());
    const silent = await listenPushService(t, () => undefined);
    for (const [origin, detail] of [
      ["http://push.invalid", /push\.invalid/],
      ["http://[::ffff:169.254.169.254]", "address [::ffff:a9fe:a9fe] is not allowed"],
      [secure.origin, /self-signed/],
      [silent.origin, "no answer within 200 ms"],
    ] as const) {
      const outcome = await sendTo(origin + PATH, () => true, {
        callTimeoutMs: origin === silent.origin ? 200 : 20_000,
      });
      t.match(outcome, { failure: "temporary", detail }, origin);
      t.notMatch(JSON.stringify(outcome), /ENDPOINT|fcm/);
    }
    await waitFor(async () => (await silent.connections()) === 0);
    t.equal(secure.calls.length, 0);
  },
);

t.test("what a service answers has the class that it has in other channels", async (t) => {
  for (const [status, headers, expected] of [
    [202, {}, { ok: true, reference: null, answer: "202 Accepted" }],
    [307, { location: "/elsewhere" }, { failure: "recipient", detail: /^307 / }],
    [403, {}, { failure: "credentials", detail: "403 Forbidden" }],
    [410, {}, { failure: "recipient", detail: "410 Gone" }],
    [429, { "retry-after": "90" }, { failure: "wait", retryAfterMs: 90_000 }],
  ] as const) {
    const service = await listenPushService(t, (response) => response.writeHead(status, headers).end(PATH));
    const outcome = await sendTo(service.origin + PATH, () => true);
    t.match(outcome, expected);
    t.notMatch(JSON.stringify(outcome), /ENDPOINT|fcm|elsewhere/);
    t.equal(service.calls.length, 1);
  }
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

t.test("the signal ends it, with its reason", async (t) => {
  const service = await listenPushService(t, () => undefined);
  const ending = new AbortController();
  const send = createPushSend({ server, ...subscribeBrowser(service.origin + PATH) }, () => true);
  const sending = send(toldIncident(), ending.signal);
  await waitFor(() => service.calls.length === 1);
  const reason = new Error("Poswatch stops");
  ending.abort(reason);
  await t.rejects(sending, reason);
  await waitFor(async () => (await service.connections()) === 0);
});

async function sendTo(endpoint: string, isKnown: IsPushService, limits = {}) {
  return await createPushSend(
    { server, ...subscribeBrowser(endpoint) },
    isKnown,
    limits,
  )(toldIncident(), never);
}
