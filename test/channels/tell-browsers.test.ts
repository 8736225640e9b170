import t from "tap";
import { openChannel } from "../../src/monitor/notifications/sending/open-channel.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, addOwnChannel, storedRules } from "../helpers/channels.ts";
import { openBrowser, signedIn, startAdministered, startFor, textOf } from "../helpers/page.ts";
import { CHROME_ON_WINDOWS, formOf, PUSH_URL, subscribe } from "../helpers/push-form.ts";
import { subscribeBrowser } from "../helpers/push-service.ts";

const FCM = "https://fcm.googleapis.com/fcm/send";
const EDGE = `${CHROME_ON_WINDOWS} Edg/156.0.0.0`;

async function channelsOf({ app }: TestMonitor) {
  return await app.database.db
    .selectFrom("channel")
    .select(["id", "name", "userId", "isEnabled", "failureCode as failure"])
    .where("kind", "=", "push")
    .orderBy("id")
    .execute();
}

t.test("a browser becomes a channel of whoever sits at it, with the rule of default", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, { organizations: [await monitor.addOrganization()] });
  const page = await user.html("/channels");
  t.match(textOf(page), /Уведомления браузера .*Ещё не проверено с настоящими службами браузеров/);
  t.match(page, /data-public-key="[\w-]{87}" data-worker="\/push-worker\.js" data-scope="\/channels"/);
  const browser = subscribeBrowser(`${FCM}/ENDPOINT-OF-SOMEBODY`);
  const made = await subscribe(user, browser);
  t.match(made.headers, { "hx-redirect": "/channels/1" });
  const { db } = monitor;
  t.match(await openChannel(db, monitor.app.secretBox, 1), {
    kind: "push",
    name: "Chrome, Windows",
    userId: user.userId,
    language: "ru",
    timeZone: "Europe/Moscow",
    isEnabled: true,
    connection: { target: browser.target, secrets: browser.secrets },
  });
  t.equal((await storedRules(monitor, 1)).length, 1);
  const shown = await user.text("/channels/1");
  t.match(shown, "Chrome, Windows Браузер · личный канал");
  t.match(shown, "Канал добавлен.");
  t.match(shown, "этот браузер, через fcm.googleapis.com");
  t.match(await user.text("/channels"), "Chrome, Windows Браузер этот браузер, через");
  const detail = [
    { key: "channelKind", values: { kind: "push" } },
    { key: "channelOwn" },
    { key: "channelReach", values: { reach: /^fcm\.googleapis\.com [0-9a-f]{12}$/ } },
    { key: "ruleOfDefault" },
  ];
  const [recorded] = await recordedEvents(db, "channel_create");
  t.match(recorded, { userId: user.userId, subject: "Chrome, Windows", detail });
});

t.test("the same browser is no second channel, and keeps its name and its rules", async (t) => {
  const { monitor, user } = await startFor(t, { organizations: "all" });
  const browser = subscribeBrowser(`${FCM}/a`);
  await subscribe(user, browser);
  const words = { name: "Рабочий компьютер", language: "en", timeZone: "Asia/Omsk" };
  t.equal((await user.post("/channels/1", words)).headers.location, "/channels/1");
  await user.post("/channels/1/switches", { state: "off" });
  const again = { ...browser, secrets: subscribeBrowser(`${FCM}/a`).secrets };
  t.match((await subscribe(user, again)).headers, { "hx-redirect": "/channels/1" });
  t.match(await channelsOf(monitor), [{ name: "Рабочий компьютер", isEnabled: 1 }]);
  const { db } = monitor;
  t.match(await openChannel(db, monitor.app.secretBox, 1), {
    language: "en",
    timeZone: "Asia/Omsk",
    connection: { target: browser.target, secrets: again.secrets },
  });
  t.equal((await storedRules(monitor, 1)).length, 1);
  t.match((await recordedEvents(db, "channel_change")).slice(-2), [
    { detail: [{ key: "channelSecretReplaced", values: { secret: "auth" } }] },
    { detail: [{ key: "channelChange", values: { field: "isEnabled", before: false, after: true } }] },
  ]);
  const [twice, once] = await Promise.all([subscribe(user, `${FCM}/b`), subscribe(user, `${FCM}/b`)]);
  t.equal(twice.headers["hx-redirect"], once.headers["hx-redirect"], "also when it asks twice at once");
  t.match(await channelsOf(monitor), [{ id: 1 }, { id: 2, name: "Chrome, Windows" }]);
});

t.test("several browsers of a kind have numbers, up to as many as anybody may have", async (t) => {
  const { monitor, user } = await startFor(t, { organizations: "all" });
  await addOwnChannel(monitor, user, await addChannel(monitor));
  for (const name of ["a", "b"]) await subscribe(user, `${FCM}/${name}`);
  await subscribe(user, "https://wns2-par02p.notify.windows.com/w/?token=a", EDGE);
  await subscribe(user, "https://web.push.apple.com/a", "");
  const names = (await channelsOf(monitor)).map(({ name }) => name);
  t.same(names, ["Chrome, Windows", "Chrome, Windows 2", "Edge, Windows", "Браузер"]);
  const refused = await subscribe(user, `${FCM}/c`);
  t.equal(refused.statusCode, 422);
  t.match(refused.body, "Личных каналов уже 5, больше добавить нельзя.");
  t.equal((await channelsOf(monitor)).length, names.length);
  t.match((await subscribe(user, `${FCM}/b`)).headers, { "hx-redirect": /^\/channels\/\d+$/ }, "a known one");
});

t.test("a subscription that is gone, or somebody else's, is not taken", async (t) => {
  const { monitor, user, db } = await startFor(t, { organizations: "all" });
  const other = await signedIn(monitor, { organizations: "all" });
  for (const name of ["a", "b"]) await subscribe(user, `${FCM}/${name}`);
  const others = await subscribe(other, `${FCM}/a`);
  t.equal(others.statusCode, 409);
  t.match(others.body, "Подписка этого браузера недействительна или принадлежит другому человеку");
  t.notMatch(others.body, /user-\d/, "whose it is, is nobody's business");
  t.match(await channelsOf(monitor), [{ userId: user.userId }, { userId: user.userId }]);

  await db
    .updateTable("channel")
    .set({ failedTries: 1, failingSince: 1, failureCode: "recipient", failureDetail: "410 Gone" })
    .where("id", "=", 2)
    .execute();
  t.equal((await subscribe(user, `${FCM}/b`)).statusCode, 409, "it would never come to life again");
  t.match((await subscribe(user, `${FCM}/new`)).headers, { "hx-redirect": "/channels/2" });
  t.match(await channelsOf(monitor), [{ id: 1 }, { id: 2, name: "Chrome, Windows 2", failure: null }]);
  t.match((await subscribe(user, `${FCM}/third`)).headers, { "hx-redirect": "/channels/3" });
  t.equal((await channelsOf(monitor)).length, 3, "what works is replaced by nothing");
});

t.test("what no browser sends is refused, and nothing is saved", async (t) => {
  const { monitor, user } = await startFor(t, { organizations: "all" });
  const right = formOf(subscribeBrowser(`${FCM}/a`));
  const forms: [Record<string, string>, RegExp][] = [
    [{}, /не то, чего ждал Poswatch/],
    [{ ...right, endpoint: "" }, /не то, чего ждал Poswatch/],
    [{ ...right, endpoint: "javascript:alert(1)" }, /не то, чего ждал Poswatch/],
    [{ ...right, endpoint: `${FCM}/${"a".repeat(2_000)}` }, /не то, чего ждал Poswatch/],
    [{ ...right, p256dh: "" }, /не то, чего ждал Poswatch/],
    [{ ...right, auth: "short" }, /не то, чего ждал Poswatch/],
    [{ ...right, endpoint: "http://fcm.googleapis.com/a" }, /через fcm\.googleapis\.com\. Такой службы/],
    [{ ...right, endpoint: "https://169.254.169.254/latest" }, /через 169\.254\.169\.254\. Такой службы/],
    [{ ...right, endpoint: "https://10.8.3.1:8443/status" }, /через 10\.8\.3\.1:8443\. Такой службы/],
    [{ ...right, endpoint: "https://fcm.googleapis.com.evil.example/" }, /Такой службы Poswatch не знает/],
    [{ ...right, endpoint: "http://127.0.0.1:8080/" }, /Такой службы Poswatch не знает/],
    [{ ...right, endpoint: "https://<b>.example/" }, /не то, чего ждал Poswatch/],
  ];
  for (const [form, words] of forms) {
    const partial = await user.post(PUSH_URL, form, { "hx-request-type": "partial" });
    t.equal(partial.statusCode, 422, String(form.endpoint));
    t.match(textOf(partial.body), words);
    const page = await user.post(PUSH_URL, form);
    t.equal(page.statusCode, 422);
    t.match(textOf(page.body), words);
    t.match(page.body, "</html>");
  }
  const again = await user.get(PUSH_URL);
  t.equal(again.headers.location, "/channels", "whoever loads it again is led to its page");
  t.same(await channelsOf(monitor), []);
});

t.test("only who may see something of the fleet, with the token of their own browser", async (t) => {
  const monitor = await startMonitor(t);
  const { app } = monitor;
  const form = formOf(subscribeBrowser(`${FCM}/a`));
  const noRight = await signedIn(monitor);
  t.equal((await noRight.post(PUSH_URL, form)).statusCode, 403);
  t.match((await openBrowser(app).post(PUSH_URL, form)).headers.location, /^\/login/);
  const user = await signedIn(monitor, { organizations: "all" });
  for (const _csrf of ["", "wrong"]) t.equal((await user.post(PUSH_URL, { ...form, _csrf })).statusCode, 403);
  t.same(await channelsOf(monitor), []);
});

t.test("a channel of a browser has no form of its own, is renamed and removed as others are", async (t) => {
  const { monitor, admin: user } = await startAdministered(t);
  for (const scope of ["own", "shared"]) {
    const query = new URLSearchParams({ kind: "push", scope });
    const led = await user.get(`/channels/new?${query}`);
    if (scope === "own") t.equal(led.headers.location, "/channels#push-part");
    else t.equal(led.statusCode, 404);
    t.equal((await user.post("/channels", { kind: "push", scope, name: "x" })).statusCode, 404);
  }
  t.notMatch(await user.html("/channels"), "kind=push");
  await subscribe(user, `${FCM}/ENDPOINT-OF-SOMEBODY`);
  const form = await user.html("/channels/1/edit");
  t.match(form, /name="name"[^>]*value="Chrome, Windows"/);
  t.notMatch(form, /type="password"|ENDPOINT/);
  t.match(await user.html("/channels/1/removal/new"), "Удалить канал «Chrome, Windows»?");
  t.equal((await user.post("/channels/1/removal")).headers.location, "/channels");
  t.same(await channelsOf(monitor), []);
  const other = await signedIn(monitor, { isAdministrator: true });
  await subscribe(user, `${FCM}/b`);
  t.equal((await other.get("/channels/2")).statusCode, 404, "it is nobody else's");
});

t.test("the worker and its icon have addresses that stay, and are asked for each time", async (t) => {
  const { app } = await startMonitor(t);
  const worker = await app.inject("/push-worker.js");
  const program = { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" };
  t.match(worker, { statusCode: 200, headers: program });
  t.match(worker.headers["content-security-policy"], "default-src 'none'");
  t.notMatch(worker.body, /"fetch"|importScripts|indexedDB|caches/, "it does nothing but tell");
  const icon = /ICON = "([^"]+)"/.exec(worker.body)?.[1] ?? "";
  const picture = { "content-type": "image/png", "cache-control": "no-cache" };
  t.match(await app.inject(icon), { statusCode: 200, headers: picture });
  for (const path of ["push-worker/push-worker.js", "push-worker/tsconfig.json"])
    t.equal((await app.inject(app.assetUrl(path))).statusCode, 404, path);
});
