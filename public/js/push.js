import { findObstacle, ObstacleError, subscribe } from "./push-subscription.js";

/** @typedef {import("./push-subscription.js").Obstacle} Obstacle */

/** The server says that the subscription is of no use: another one would be. */
const SPENT = 409;

const form = document.getElementById("push");
if (form instanceof HTMLFormElement) offer(form);

/**
 * The button by which somebody is told in this browser; it is hidden where there is no script.
 * @param {HTMLFormElement} form
 */
function offer(form) {
  const button = form.querySelector("button");
  const problem = document.getElementById("push-problem");
  if (!button || !problem) return;
  document.getElementById("push-without-script")?.toggleAttribute("hidden", true);
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    const message = await enable(form);
    if (message === null) return;
    button.disabled = false;
    problem.textContent = message;
    problem.hidden = false;
  });
}

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<string | null>} what keeps somebody from being told, or null when the browser is led to the new channel
 */
async function enable(form) {
  /** @type {Record<Obstacle, string>} */
  const texts = JSON.parse(form.dataset.texts ?? "{}");
  try {
    const subscribe = await prepare(form);
    let answer = await send(form, await subscribe(false));
    if (answer.status === SPENT) answer = await send(form, await subscribe(true));
    return lead(answer) ? null : (messageIn(await answer.text()) ?? texts.failed);
  } catch (error) {
    return texts[error instanceof ObstacleError ? error.obstacle : "failed"];
  }
}

/**
 * Asks whoever sits there, and begins the worker that shows messages.
 * @param {HTMLFormElement} form
 */
async function prepare({ dataset }) {
  const obstacle = findObstacle();
  if (obstacle) throw new ObstacleError(obstacle);
  // Before all else: later it is not the press of the button any more that asks.
  const permission = await Notification.requestPermission();
  if (permission !== "granted") throw new ObstacleError(permission === "denied" ? "denied" : "dismissed");
  const { worker = "", scope = "", publicKey = "" } = dataset;
  const registration = await navigator.serviceWorker
    .register(worker, { scope, updateViaCache: "none" })
    .catch((error) => {
      // Of a certificate that it does not trust a browser says so, of all else that nobody answers.
      throw new ObstacleError(error?.name === "SecurityError" ? "untrusted" : "unreachable");
    });
  await navigator.serviceWorker.ready;
  /** @param {boolean} isAnew */
  return (isAnew) => subscribe(registration.pushManager, publicKey, isAnew);
}

/**
 * @param {HTMLFormElement} form
 * @param {PushSubscription} subscription
 */
async function send(form, subscription) {
  const { endpoint = "", keys = {} } = subscription.toJSON();
  const csrf = form.querySelector("[name=_csrf]");
  const fields = {
    _csrf: csrf instanceof HTMLInputElement ? csrf.value : "",
    ...{ endpoint, p256dh: keys.p256dh ?? "", auth: keys.auth ?? "" },
  };
  try {
    return await fetch(form.action, {
      method: "POST",
      headers: { "hx-request": "true", "hx-request-type": "partial" },
      body: new URLSearchParams(fields),
    });
  } catch {
    throw new ObstacleError("unreachable");
  }
}

/**
 * Goes where an answer leads: to the channel, or to the sign-in when the session has ended.
 * @param {Response} answer
 */
function lead({ headers }) {
  const url = headers.get("hx-redirect");
  if (url) location.assign(url);
  else if (headers.has("hx-refresh")) location.reload();
  else return false;
  return true;
}

/** @param {string} html */
function messageIn(html) {
  const message = new DOMParser().parseFromString(html, "text/html").querySelector("[role=alert]");
  return message?.textContent?.trim() || null;
}
