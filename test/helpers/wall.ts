import { addToken, listTokens, type NewToken } from "../../src/monitor/access/stored-tokens.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import type { TestMonitor } from "./app.ts";
import type { Reported } from "./outcomes.ts";
import { textOf } from "./page.ts";

const MAKER = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };

/** Makes a link to the wall of these organizations, or of all, in Russian and in Moscow's time unless told. */
export async function addWallToken(
  { app, clock }: TestMonitor,
  organizations: readonly number[] | "all" = "all",
  changes: Partial<NewToken> = {},
) {
  const { db } = app.database;
  const rights = {
    hasAll: organizations === "all",
    organizationIds: new Set(organizations === "all" ? [] : organizations),
  };
  const columns = { language: "ru", timeZone: "Europe/Moscow" } as const;
  const wanted = { name: "Диспетчерская", rights, columns, ...changes };
  const token = await addToken(db, MAKER, "wall", wanted, clock());
  const [newest] = await listTokens(db, "wall");
  if (token === null || !newest) throw new Error("The link was not made");
  return { id: newest.id, token, url: `/wall?token=${token}` };
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

/** As if the monitor had run all the time. */
export async function ranAlways({ app, clock }: TestMonitor): Promise<void> {
  const run = { startedAt: clock() - 2 * 24 * HOUR_MS, seenAt: clock() + 24 * HOUR_MS };
  await app.database.db.insertInto("monitorRun").values(run).execute();
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
