/**
 * @typedef {"insecure" | "homeScreen" | "unsupported" | "denied" | "dismissed" | "untrusted" | "service" | "unreachable" | "failed"} Obstacle
 */

/** Somebody cannot be told in this browser: the page has the words for it. */
export class ObstacleError extends Error {
  /** @param {Obstacle} obstacle */
  constructor(obstacle) {
    super(obstacle);
    this.obstacle = obstacle;
  }
}

/**
 * Why this browser cannot be told, as far as can be known without asking.
 * @returns {Obstacle | null}
 */
export function findObstacle() {
  if (!isSecureContext) return "insecure";
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) return null;
  // An iPad says that it is a Mac.
  const isTouched = navigator.maxTouchPoints > 1;
  const isApple =
    /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && isTouched);
  const isInTab = !matchMedia("(display-mode: standalone)").matches;
  return isApple && isInTab && "serviceWorker" in navigator ? "homeScreen" : "unsupported";
}

/**
 * Subscribes at the service of the browser's maker, or gives the subscription that is there.
 * @param {PushManager} manager
 * @param {string} publicKey of the installation, in base64url
 * @param {boolean} isAnew
 */
export async function subscribe(manager, publicKey, isAnew) {
  try {
    const key = bytesOf(publicKey);
    const known = await manager.getSubscription();
    if (known && (isAnew || !isOf(known, key))) await known.unsubscribe();
    return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (error) {
    const isDenied = error instanceof DOMException && error.name === "NotAllowedError";
    throw new ObstacleError(isDenied ? "denied" : "service");
  }
}

/**
 * Whether a subscription takes messages that are signed with this key.
 * @param {PushSubscription} subscription
 * @param {Uint8Array} key
 */
function isOf({ options }, key) {
  const known = options.applicationServerKey;
  return known !== null && String(new Uint8Array(known)) === String(key);
}

/** @param {string} base64url */
function bytesOf(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
