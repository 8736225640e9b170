/**
 * Shows what Poswatch tells while no page of it is open, and opens the page that it is about. It answers no requests of pages.
 *
 * @typedef {{ title: string, body: string, url: string, tag: string, renotify: boolean, silent: boolean, language: string, at: number }} Payload
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const ICON = "/push-icon.png";
/** Where everything that is told is found. */
const LIST = "/incidents";

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(String(event.notification.data?.url ?? LIST)));
});

/**
 * Browsers want something to be shown for every message, also for one that cannot be read.
 * @param {PushMessageData | null} data
 * @returns {Payload}
 */
function read(data) {
  const nothing = { title: "Poswatch", body: "", url: LIST, tag: "poswatch", renotify: false, silent: false };
  try {
    return { ...nothing, language: "", at: Date.now(), ...data?.json() };
  } catch {
    return { ...nothing, language: "", at: Date.now() };
  }
}

/** @param {Payload} payload */
function show({ title, body, url, tag, renotify, silent, language, at }) {
  /** @type {NotificationOptions & { renotify: boolean, timestamp: number }} */
  const options = { body, tag, renotify, silent, icon: ICON, lang: language, timestamp: at, data: { url } };
  return worker.registration.showNotification(title, options);
}

/**
 * Shows a page of Poswatch: where it is open already, or else in a window of its own, since in others somebody may be typing.
 * @param {string} path
 */
async function open(path) {
  const { origin } = worker.location;
  const wanted = new URL(path, origin);
  const url = wanted.origin === origin ? wanted : new URL(LIST, origin);
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((client) => new URL(client.url).pathname === url.pathname);
  return shown ? await shown.focus() : await worker.clients.openWindow(url.href);
}
