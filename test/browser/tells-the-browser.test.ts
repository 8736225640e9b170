/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t, { type Test } from "tap";
import { DESKTOP, launchBrowser, PHONE } from "../helpers/browser.ts";
import { type LiveMonitor, startLiveMonitor } from "../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { isTestService } from "../helpers/push-form.ts";
import { listenPushService, type SubscribedBrowser, subscribeBrowser } from "../helpers/push-service.ts";
import { findPushWorker } from "../helpers/push-worker.ts";
import { waitFor } from "../helpers/wait-for.ts";

const BUTTON = "#push button";
const PROBLEM = "#push-problem";

/** The page with the button, in a browser that allows notifications or does not. */
async function openChannels(t: Test, isAllowed: boolean, options: object = DESKTOP) {
  const monitor = await startLiveMonitor(t, { isPushService: isTestService });
  const page = await monitor.openPage(t, await launchBrowser(), options);
  if (isAllowed) await page.context().grantPermissions(["notifications"], { origin: monitor.url });
  t.teardown(() => page.context().clearPermissions());
  await page.goto(`${monitor.url}/channels`);
  return { monitor, page };
}

/** Puts subscriptions in the place of those that only the service of the browser's maker can give, one after the other. */
async function giveSubscriptions(page: Page, ...browsers: SubscribedBrowser[]): Promise<void> {
  const given = browsers.map(({ target, secrets }) => ({
    endpoint: target.endpoint,
    keys: { p256dh: target.p256dh, auth: secrets.auth },
  }));
  await page.evaluate((all) => {
    let current: PushSubscription | null = null;
    PushManager.prototype.getSubscription = async () => current;
    PushManager.prototype.subscribe = async (options) => {
      const key = options?.applicationServerKey;
      if (!(key instanceof Uint8Array) || key.length !== 65) throw new TypeError("no key of an installation");
      const json = current?.toJSON() ?? all.shift();
      if (!json || !options?.userVisibleOnly) throw new DOMException("nothing to give", "AbortError");
      current = {
        toJSON: () => json,
        options: { applicationServerKey: key.buffer, userVisibleOnly: true },
        unsubscribe: async () => {
          current = null;
          return true;
        },
      } as unknown as PushSubscription;
      return current;
    };
  }, given);
}

async function storedEndpoints({ app }: LiveMonitor): Promise<string[]> {
  const rows = await app.database.db.selectFrom("channel").select("settings").orderBy("id").execute();
  return rows.map(({ settings }) => JSON.parse(settings).endpoint);
}

t.test("a press of the button leads to messages on the screen", async (t) => {
  const { monitor, page } = await openChannels(t, true);
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") violations.push(message.text());
  });
  t.teardown(() => page.removeAllListeners("console"));
  const service = await listenPushService(t);
  const browser = subscribeBrowser(`${service.origin}/of-this-browser`);
  await giveSubscriptions(page, browser);
  await page.click(BUTTON);
  await page.waitForURL("**/channels/1");
  t.same(await storedEndpoints(monitor), [browser.target.endpoint]);
  t.match(await page.locator("h1").textContent(), /^Chrome, /);
  await page.getByRole("button", { name: "Проверить" }).click();
  await page.getByText("Сервер принял: 201 Created").waitFor();
  t.same(violations, [], "the rules for its content let the page do it");

  const worker = await findPushWorker(t, page, monitor.url);
  t.equal(worker.scope, `${monitor.url}/channels`);
  if (!worker.hasNotifications)
    t.comment("This Chromium has no notifications: what would be shown is looked at.");
  const sent = browser.open(service.calls[0]?.body ?? Buffer.alloc(0));
  // A worker that is just beginning may miss it; the same message is shown once.
  await waitFor(async () => {
    if ((await worker.shown()).length === 0) await worker.deliver(sent);
    return (await worker.shown()).length === 1;
  });
  t.match(await worker.shown(), [
    {
      title: sent.title,
      body: sent.body,
      tag: sent.tag,
      url: "/incidents",
      silent: false,
      icon: `${monitor.url}/push-icon.png`,
    },
  ]);
  await worker.deliver({ ...sent, title: "Восстановлено", renotify: false, silent: true });
  await waitFor(async () => (await worker.shown())[0]?.title === "Восстановлено");
  t.match(await worker.shown(), [{ silent: true, renotify: false }], "in the place of what was there");
  for (const unreadable of ["", "no JSON"]) await worker.deliver(unreadable);
  await waitFor(async () => (await worker.shown()).length === 2);
  const unread = (await worker.shown()).find(({ title }) => title !== "Восстановлено");
  t.match(unread, { title: "Poswatch", url: "/incidents" });
});

t.test("a click opens the page that it is about, where it is open or else anew, and no other", async (t) => {
  const { monitor, page } = await openChannels(t, true);
  await giveSubscriptions(page, subscribeBrowser("http://127.0.0.1:1/nobody"));
  await page.click(BUTTON);
  await page.waitForURL("**/channels/1");
  const worker = await findPushWorker(t, page, monitor.url);
  t.same(await worker.click("/incidents/7"), { opened: `${monitor.url}/incidents/7` });
  t.same(await worker.click("/channels/1"), { focused: `${monitor.url}/channels/1` });
  for (const url of ["https://elsewhere.example/", "//elsewhere.example/x", "javascript:alert(1)"])
    t.same(await worker.click(url), { opened: `${monitor.url}/incidents` }, url);
});

t.test("a browser whose own service gives no subscription says so, with its worker begun", async (t) => {
  const { monitor, page } = await openChannels(t, true);
  t.equal(await page.locator(PROBLEM).isVisible(), false);
  await page.click(BUTTON);
  await page.locator(PROBLEM).filter({ hasText: "Браузер не смог подписаться" }).waitFor();
  t.ok(await page.locator(BUTTON).isEnabled());
  t.equal((await findPushWorker(t, page, monitor.url)).scope, `${monitor.url}/channels`);
  t.same(await storedEndpoints(monitor), []);
});

t.test("a subscription that is of no use is given up for another one", async (t) => {
  const { monitor, page } = await openChannels(t, true);
  const [spent, another] = ["spent", "another"].map((name) => subscribeBrowser(`http://127.0.0.1:1/${name}`));
  if (!spent || !another) throw new Error("no browsers");
  await giveSubscriptions(page, spent);
  await page.click(BUTTON);
  await page.waitForURL("**/channels/1");
  const { db } = monitor.app.database;
  await db
    .updateTable("channel")
    .set({ failedTries: 1, failingSince: 1, failureCode: "recipient", failureDetail: "410 Gone" })
    .execute();
  await page.goto(`${monitor.url}/channels`);
  await giveSubscriptions(page, spent, another);
  await page.click(BUTTON);
  await page.waitForURL("**/channels/1");
  t.same(await storedEndpoints(monitor), [another.target.endpoint]);
});

t.test("what the server refuses is said beside the button in its words", async (t) => {
  const { monitor, page } = await openChannels(t, true, LOOKED_AT);
  await giveSubscriptions(page, subscribeBrowser("https://push.elsewhere.example/a"));
  await page.click(BUTTON);
  await page.locator(PROBLEM).filter({ hasText: "через push.elsewhere.example" }).waitFor();
  t.same(await storedEndpoints(monitor), []);
  await lookAt(t, page, "push-refused");
});

t.test("whoever does not allow it is told what to do", async (t) => {
  const { page } = await openChannels(t, false);
  for (const [answer, words] of [
    ["denied", "Уведомления этого сайта запрещены"],
    ["default", "Браузер спросил о разрешении, но ответа не получил"],
  ] as const) {
    await page.evaluate((permission) => {
      Notification.requestPermission = async () => permission;
    }, answer);
    await page.click(BUTTON);
    await page.locator(PROBLEM).filter({ hasText: words }).waitFor();
  }
});

t.test("a browser that cannot be told says why", async (t) => {
  const { page } = await openChannels(t, false);
  await page.evaluate(() => Object.defineProperty(window, "isSecureContext", { value: false }));
  await page.click(BUTTON);
  await page.locator(PROBLEM).filter({ hasText: "только по HTTPS" }).waitFor();
  await page.reload();
  await page.evaluate(() => Reflect.deleteProperty(window, "PushManager"));
  await page.click(BUTTON);
  await page.locator(PROBLEM).filter({ hasText: "не умеет принимать такие уведомления" }).waitFor();

  const userAgent =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
  const telephone = await openChannels(t, false, { ...PHONE, userAgent });
  await telephone.page.evaluate(() => Reflect.deleteProperty(window, "PushManager"));
  await telephone.page.click(BUTTON);
  await telephone.page.locator(PROBLEM).filter({ hasText: "добавьте Poswatch на экран «Домой»" }).waitFor();
});

t.test("while the monitor is away it says so, and works again", async (t) => {
  const { page } = await openChannels(t, true);
  await giveSubscriptions(page, subscribeBrowser("http://127.0.0.1:1/a"));
  await page.route("**/channels/push-subscriptions", (route) => route.abort());
  await page.click(BUTTON);
  await page.locator(PROBLEM).filter({ hasText: "Нет связи с Poswatch" }).waitFor();
  await page.unrouteAll();
  await page.click(BUTTON);
  await page.waitForURL("**/channels/1");
});

t.test("whose session has ended is led to the sign-in", async (t) => {
  const { page } = await openChannels(t, true);
  await giveSubscriptions(page, subscribeBrowser("http://127.0.0.1:1/a"));
  await page.context().clearCookies();
  await page.click(BUTTON);
  await page.waitForURL("**/login?*");
});

t.test("without a script the page says that it needs one", async (t) => {
  const { page } = await openChannels(t, false, { ...DESKTOP, javaScriptEnabled: false });
  await page.locator("#push").getByText("должен быть включён JavaScript").waitFor();
  t.equal(await page.locator(BUTTON).isVisible(), false);
});
