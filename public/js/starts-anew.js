/** The restart begins 1.5 s after the page was sent. */
const FIRST_LOOK_MS = 2_000;
const LOOK_EVERY_MS = 500;
/** A browser that does not know the certificate never sees the answer. */
const UNKNOWN_CERTIFICATE_MS = 15_000;

/** After `/setup`: opens the page of `data-url` once the restarted monitor answers there. */
for (const waiting of document.querySelectorAll("[data-waits]")) {
  if (waiting instanceof HTMLElement) void open(waiting);
}

/** @param {HTMLElement} waiting */
async function open({ dataset: { url = "", isUnknown } }) {
  const begunAt = performance.now();
  const isPast = () => isUnknown !== undefined && performance.now() - begunAt > UNKNOWN_CERTIFICATE_MS;
  await pause(FIRST_LOOK_MS);
  while (!(await isAnswered(url)) && !isPast()) await pause(LOOK_EVERY_MS);
  location.replace(url);
}

/** @param {string} url */
async function isAnswered(url) {
  try {
    const { ok, type } = await fetch(new URL("/healthz", url), { mode: "no-cors", cache: "no-store" });
    return ok || type === "opaque";
  } catch {
    return false;
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
