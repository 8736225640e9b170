import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import type { TestMonitor } from "./app.ts";
import { received } from "./outcomes.ts";

/** What many say at once; each with a number of its own. */
export const COMMON_ERROR = "Превышено время ожидания ответа от главного сервера";

/** Adds POS servers that exchange, of these organizations in turn. @returns their ids. */
export async function addExchanging(
  monitor: TestMonitor,
  count: number,
  organizationIds: readonly number[] = [],
) {
  const ids: number[] = [];
  for (let index = 0; index < count; index++) {
    const organizationId = organizationIds[index % organizationIds.length];
    const id = await monitor.addPosServer(organizationId === undefined ? {} : { organizationId });
    await monitor.report(id);
    ids.push(id);
  }
  return ids;
}

export async function breakAll({ app, clock }: TestMonitor, ids: readonly number[]): Promise<void> {
  const results = ids.map((posServerId) => ({
    posServerId,
    outcome: received(clock(), { error: `${COMMON_ERROR} (${posServerId})`, syncedAgoMs: 60_000 }),
  }));
  await savePollResults(app.database.db, results, await app.fleet.stateRules());
  await keepIncidents(app.database.db, clock());
}
