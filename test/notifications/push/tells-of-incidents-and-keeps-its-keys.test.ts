import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { providePushKey, readPushSender } from "../../../src/monitor/notifications/sending/push-keys.ts";
import { KEY_FILE } from "../../../src/monitor/secrets/secret-box.ts";
import { startMonitor } from "../../helpers/app.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { MINUTE_MS } from "../../helpers/clock.ts";
import { makeFolder } from "../../helpers/folder.ts";
import { logLines } from "../../helpers/log-lines.ts";
import { provideDatabase } from "../../helpers/migrated-database.ts";
import { addLasting, tell } from "../../helpers/notifications.ts";
import { signedIn, textOf } from "../../helpers/page.ts";
import { isTestService, subscribe } from "../../helpers/push-form.ts";
import { listenPushService, readVapid, subscribeBrowser } from "../../helpers/push-service.ts";

const PATH = "/wpush/ENDPOINT-OF-SOMEBODY";

t.test("a browser hears of a trouble once, and quietly of its end in the same place", async (t) => {
  const monitor = await startMonitor(t, { isPushService: isTestService });
  const service = await listenPushService(t);
  const browser = subscribeBrowser(service.origin + PATH);
  const user = await signedIn(monitor, { organizations: "all" });
  await subscribe(user, browser);
  const id = await addLasting(monitor, "Тверская, 12");
  await tell(monitor);
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(id, { error: "database is locked", syncedAgoMs: 0 });
  await tell(monitor);
  t.equal(service.calls.length, 1, "nobody is bothered with a change");
  monitor.clock.advance(13 * MINUTE_MS);
  await monitor.report(id);
  await tell(monitor);
  const [opened, closed, ...others] = service.calls;
  t.same(others, []);
  const [alert, end] = [opened, closed].map((call) => browser.open(call?.body ?? Buffer.alloc(0)));
  t.match(alert, { title: "Тверская, 12: ошибка синхронизации", url: "/incidents/1", silent: false });
  t.match(end, { title: /^Тверская, 12: восстановлено за 24.мин$/, silent: true, renotify: false });
  t.equal(end?.tag, alert?.tag);
  t.match([opened?.headers, closed?.headers], [{ urgency: "high" }, { urgency: "normal" }]);
  const vapid = readVapid(opened?.headers.authorization);
  t.match(vapid?.claims, { aud: service.origin, sub: "mailto:push@example.com" });
  t.match(await user.html("/channels"), `data-public-key="${vapid?.publicKey}"`);
});

t.test("a subscription that is gone is said on the page, until the browser has another one", async (t) => {
  const monitor = await startMonitor(t, { isPushService: isTestService });
  const service = await listenPushService(t, (response) => {
    response.writeHead(service.calls.at(-1)?.url === PATH ? 410 : 201).end();
  });
  const user = await signedIn(monitor, { organizations: "all" });
  await subscribe(user, service.origin + PATH);
  await addLasting(monitor, "Тверская, 12");
  await tell(monitor);
  t.match(await user.text("/channels/1"), "410 Gone");
  t.equal((await subscribe(user, service.origin + PATH)).statusCode, 409);
  const another = subscribeBrowser(`${service.origin}/another`);
  t.match((await subscribe(user, another)).headers, { "hx-redirect": "/channels/1" });
  await tell(monitor);
  t.match(service.calls.at(-1), { url: "/another" }, "what waited comes at once");
  t.match(another.open(service.calls.at(-1)?.body ?? Buffer.alloc(0)), { url: "/incidents/1" });
  t.match(await user.text("/channels/1"), "Работает, последнее сообщение");
});

t.test("its test says what the service answered, and no secret is anywhere", async (t) => {
  const { stream: logStream, text: logged } = logLines();
  const monitor = await startMonitor(t, { isPushService: isTestService, logStream });
  const { db } = monitor;
  let status = 201;
  const service = await listenPushService(t, (response) => {
    response.writeHead(status).end(`${PATH} ${browser.secrets.auth}`);
  });
  const browser = subscribeBrowser(service.origin + PATH);
  const user = await signedIn(monitor, { organizations: "all" });
  await subscribe(user, browser);
  const said: [status: number, words: RegExp][] = [
    [201, /Сервер принял: 201 Created/],
    [403, /Проверка не удалась\. .*403 Forbidden/],
    [410, /Проверка не удалась\. .*410 Gone/],
  ];
  const pages: string[] = [];
  for (const [next, words] of said) {
    status = next;
    t.equal((await user.post("/channels/1/tests")).headers.location, "/channels/1");
    const body = await user.html("/channels/1");
    t.match(textOf(body), words);
    pages.push(body);
  }
  for (const url of ["/channels", "/channels/1", "/channels/1/edit", "/audit", "/pos-servers"])
    pages.push(await user.html(url));
  const { privateKey } = await readPushSender(db, monitor.app.secretBox);
  const told = JSON.stringify([pages, logged(), await recordedEvents(db)]);
  t.ok(logged().length > 0);
  t.ok(told.includes("403 Forbidden"));
  for (const secret of [browser.secrets.auth, privateKey, "ENDPOINT-OF-SOMEBODY", browser.target.p256dh])
    t.notOk(told.includes(secret), secret);
  const stored = await db.selectFrom("channel").selectAll().execute();
  t.notOk(JSON.stringify(stored).includes(browser.secrets.auth), "it is sealed");
});

t.test("a channel for 127.0.0.1 sends nothing where the program itself decides", async (t) => {
  const dataMonitor = await startMonitor(t, { isPushService: isTestService });
  const service = await listenPushService(t);
  const user = await signedIn(dataMonitor, { organizations: "all" });
  await subscribe(user, service.origin + PATH);
  await dataMonitor.app.close();
  const monitor = await startMonitor(t, { dataDir: dataMonitor.dataDir });
  const detail = /^127\.0\.0\.1:\d+ is no push service that is known$/;
  t.match(await monitor.app.notifications.sendTest(1), { ok: false, failure: "recipient", detail });
  t.equal(service.calls.length, 0);
});

t.test("the pair is made once, and stays over a restart", async (t) => {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const { app } = await startMonitor(t, { dataDir });
  const { db } = app.database;
  await t.rejects(readPushSender(db, app.secretBox), /no keys for browsers/);
  const made = await Promise.all([1, 2, 3].map((now) => providePushKey(db, app.secretBox, now)));
  t.equal(new Set(made).size, 1, "also when several ask at once");
  const sender = await readPushSender(db, app.secretBox);
  const subject = "mailto:push@example.com";
  t.match(sender, { publicKey: made[0] ?? "", privateKey: /^[\w-]{43}$/, subject });
  const publicAddress = { key: "publicAddress", value: '"https://poswatch.vkusno.ru/x"' };
  await db.insertInto("setting").values(publicAddress).execute();
  t.equal((await readPushSender(db, app.secretBox)).subject, "https://poswatch.vkusno.ru");
  await app.close();

  const bytes = Buffer.from(sender.privateKey, "base64url");
  const kept = readdirSync(dataDir).filter((name) => name.startsWith("poswatch.db"));
  t.ok(kept.length > 0);
  for (const name of kept) {
    const file = readFileSync(join(dataDir, name));
    for (const key of [sender.privateKey, bytes])
      t.notOk(file.includes(key), `${name} has the private key sealed only`);
  }
  const again = await startMonitor(t, { dataDir });
  t.equal(await providePushKey(again.app.database.db, again.app.secretBox, 4), made[0]);
});

t.test("where the key of the data folder is lost there is another pair", async (t) => {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const first = await startMonitor(t, { dataDir });
  const lost = await providePushKey(first.app.database.db, first.app.secretBox, 1);
  await first.app.close();
  rmSync(join(dataDir, KEY_FILE));
  const { app } = await startMonitor(t, { dataDir });
  await t.rejects(readPushSender(app.database.db, app.secretBox));
  const made = await providePushKey(app.database.db, app.secretBox, 2);
  t.not(made, lost);
  t.equal((await readPushSender(app.database.db, app.secretBox)).publicKey, made);
});
