import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/** How long running answers may take when the program stops. */
export const LAST_ANSWERS_MS = 1_500;
const CLOSED_WITHIN_MS = 4_000;

/** Closes the app. If something hangs, closes only the database. @returns false when something hung. */
export async function closeInTime(app: FastifyInstance, withinMs = CLOSED_WITHIN_MS): Promise<boolean> {
  const closing = setTimeout(() => {
    for (const server of [app.server, app.agentServer]) server?.closeAllConnections();
  }, LAST_ANSWERS_MS);
  const inTime = new AbortController();
  const tooLate = delay(withinMs, false, { signal: inTime.signal }).catch(() => true);
  const isClosed = await Promise.race([app.close().then(() => true), tooLate]);
  inTime.abort();
  clearTimeout(closing);
  if (!isClosed) {
    app.log.error("Something did not stop in time; the database was closed before it");
    app.database.sqlite.close();
  }
  return isClosed;
}
