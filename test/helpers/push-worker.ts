/// <reference lib="dom" />
/// <reference lib="webworker" />
import type { CDPSession, Page, Worker } from "playwright-core";
import type { Test } from "tap";
import type { PushPayload } from "../../src/monitor/notifications/channels/push/kind.ts";
import { waitFor } from "./wait-for.ts";

/** Finds the worker that a page has begun, which shows what the page was told. */
export async function findPushWorker(t: Test, page: Page, origin: string) {
  const context = page.context();
  const session = await context.newCDPSession(page);
  t.teardown(() => session.detach());
  const { id: registrationId, scope } = await findRegistration(session, origin);
  await waitFor(() => context.serviceWorkers().some((worker) => worker.url().startsWith(origin)));
  const worker = context.serviceWorkers().find((one) => one.url().startsWith(origin)) as Worker;
  const hasNotifications = await worker.evaluate(() => Notification.permission === "granted");
  if (!hasNotifications) await worker.evaluate(recordNotifications);
  return {
    /** Where its pages are. */
    scope,
    /** Whether this browser shows notifications: a Chromium without windows has nowhere to. */
    hasNotifications,
    /** Lets it be told something, as a push service would. */
    async deliver(payload: Partial<PushPayload> | string) {
      const data = typeof payload === "string" ? payload : JSON.stringify(payload);
      await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
    },
    /** What it shows, or would where the browser has notifications. */
    shown: () => worker.evaluate(listNotifications),
    /** Clicks on what leads to this page. @returns what it does then: the page that it opens or focuses. */
    click: (url: string) => worker.evaluate(clickNotification, url),
  };
}

async function findRegistration(session: CDPSession, origin: string): Promise<{ id: string; scope: string }> {
  const { promise, resolve } = Promise.withResolvers<{ id: string; scope: string }>();
  session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    for (const { registrationId: id, scopeURL: scope, isDeleted } of registrations)
      if (scope.startsWith(origin) && !isDeleted) resolve({ id, scope });
  });
  await session.send("ServiceWorker.enable");
  return await promise;
}

/** In the worker: keeps what it would show by the rules of notifications, one for each tag. */
function recordNotifications() {
  const worker = globalThis as unknown as ServiceWorkerGlobalScope;
  const kept = new Map<string, object>();
  worker.registration.showNotification = async (title, options = {}) => {
    const { tag = "", silent, renotify } = options as NotificationOptions & { renotify?: boolean };
    if (renotify && (silent || tag === "")) throw new TypeError("Nobody would hear of it");
    kept.delete(tag);
    kept.set(tag, { title, ...options, icon: new URL(options.icon ?? "", worker.location.href).href });
  };
  worker.registration.getNotifications = async () => [...kept.values()] as Notification[];
}

/** In the worker: what it shows, as far as the test looks at it. */
async function listNotifications() {
  const worker = globalThis as unknown as ServiceWorkerGlobalScope;
  const notifications = await worker.registration.getNotifications();
  return notifications.map((notification) => {
    const { title, body, tag, silent, icon, data } = notification;
    const { renotify } = notification as Notification & { renotify: boolean };
    return { title, body, tag, silent, renotify, icon, url: data.url };
  });
}

/** In the worker: only a person can click and be led somewhere, so that the event is made, and notes what it comes to. */
async function clickNotification(url: string): Promise<{ opened: string } | { focused: string }> {
  const worker = globalThis as unknown as ServiceWorkerGlobalScope;
  const { promise, resolve } = Promise.withResolvers<{ opened: string } | { focused: string }>();
  worker.clients.openWindow = async (opened) => {
    resolve({ opened: String(opened) });
    return null;
  };
  WindowClient.prototype.focus = async function () {
    resolve({ focused: this.url });
    return this;
  };
  let isClosed = false;
  const notification = { data: { url }, close: () => (isClosed = true) };
  const event = Object.assign(new Event("notificationclick"), { notification, waitUntil: () => undefined });
  worker.dispatchEvent(event);
  const done = await promise;
  if (!isClosed) throw new Error("It stays on the screen");
  return done;
}
