import type { NewToken } from "../../src/monitor/access/stored-tokens.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { makeToken } from "./api.ts";
import type { TestMonitor } from "./app.ts";
import type { Reported } from "./outcomes.ts";
import { textOf } from "./page.ts";
import { addRow } from "./rows.ts";

const MAKER = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };

/** Makes a link to the wall of these organizations, or of all, in Russian and in Moscow's time unless told. */
export async function addWallToken(
  monitor: TestMonitor,
  organizations: readonly number[] | "all" = "all",
  changes: Partial<NewToken> = {},
) {
  const columns = { language: "ru", timeZone: "Europe/Moscow" } as const;
  const wanted = { name: "Диспетчерская", days: 365, columns, ...changes, organizations };
  const made = await makeToken(monitor, MAKER, "wall", wanted);
  return { ...made, url: `/wall?token=${made.token}` };
}

/** What refreshes the wall, as htmx sends it. */
export function refreshing(tag?: string): Record<string, string> {
  return { "hx-request": "true", "hx-request-type": "partial", ...(tag && { "hx-ptag": tag }) };
}

/** A name and its house number are two parts that stand together. */
export function textOfWall(html: string): string {
  return textOf(html).replaceAll(" ,", ",");
}

/** The tiles in their order, as they are read. */
export function tilesOf(body: string): string[] {
  return [...body.matchAll(/<li[ >][\s\S]*?<\/li>/g)].map(([tile]) => textOfWall(tile));
}

export async function lookAtWall(monitor: TestMonitor, url: string): Promise<string> {
  monitor.clock.advance(2_000); // what was found lately is kept
  const { statusCode, body } = await monitor.app.inject(url);
  if (statusCode !== 200) throw new Error(`The wall was answered with ${statusCode}`);
  return body;
}

export async function ranAlways({ db, clock }: TestMonitor): Promise<void> {
  await addRow(db, "monitorRun", { startedAt: clock() - 2 * DAY_MS, seenAt: clock() + DAY_MS });
}

export async function addReported(
  monitor: TestMonitor,
  name: string,
  reported: Reported = {},
  organizationId?: number,
) {
  const id = await monitor.addPosServer({ name, ...(organizationId && { organizationId }) });
  await monitor.report(id, reported);
  return id;
}
