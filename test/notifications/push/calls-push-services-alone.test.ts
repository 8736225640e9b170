import t from "tap";
import webPush from "web-push";
import { createPushSend, isPushService } from "../../../src/monitor/notifications/channels/push/kind.ts";
import { subjectOf } from "../../../src/monitor/notifications/sending/push-keys.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { listenPushService, subscribeBrowser } from "../../helpers/push-service.ts";

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

const HOSTILE = `http://fcm.googleapis.com/fcm/send/abc https://fcm.googleapis.com:8443/fcm/send/abc
  https://somebody:secret@fcm.googleapis.com/ https://fcm.googleapis.com@10.0.0.1/
  https://fcm.googleapis.com.evil.example/ https://evil-fcm.googleapis.com/
  https://evil.fcm.googleapis.com/ https://storage.googleapis.com/ https://notify.windows.com/
  https://evilnotify.windows.com/ https://notify.windows.com.evil.example/ https://push.apple.com/
  https://permanently-removed.invalid/fcm/send/abc https://fcm.googleapis.com./
  https://169.254.169.254/latest/meta-data https://[::ffff:169.254.169.254]/latest
  https://metadata.google.internal/computeMetadata https://10.8.3.1/ https://localhost/
  http://127.0.0.1:8080/ file:///etc/passwd`.split(/\s+/);

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
