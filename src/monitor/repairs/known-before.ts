import type { Db } from "../database/schema.ts";
import { CATALOGUE, type Cause } from "../fleet/cause-catalogue.ts";
import { knownAs } from "../fleet/cause-example.ts";
import { isOfAdministrators, isOnSite } from "../fleet/recommended-steps.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { restoredMs } from "./commands/restored-exchange.ts";
import { findLastEnds, type PastEnd } from "./past-ends.ts";

export type PastEndModel = ReturnType<typeof pastEndModel>;

/** What is not named: the POS server that a page is about, and the organization of all on it; null = none. */
type Place = Record<"id" | "organizationId", number | null>;

/** «Так уже было»: how a cause ended last time at a POS server, and elsewhere. */
export async function knownBefore(
  db: Db,
  viewer: Viewer,
  posServer: ShownPosServer,
  { cause, causeKey }: { cause: Cause; causeKey: string | null },
  now: number,
): Promise<PastEndModel[]> {
  const ends = await findLastEnds(db, viewer.organizations, posServer.id, knownAs(cause, causeKey));
  return ends.map((end) => pastEndModel(viewer, end, cause, posServer, now));
}

/** «14.10» «Арбат, 5»: сброс БД, обмен вернулся за 12 с. */
export function pastEndModel(viewer: Viewer, end: PastEnd, cause: Cause, place: Place, now: number) {
  const { t, format } = viewer;
  const { incidentId, posServerId, organizationId, endedAt } = end;
  const isToday = format.day(endedAt, now) === format.day(now, now);
  const names = [t("quoted", { text: end.name })];
  if (organizationId !== place.organizationId) names.push(end.organizationName);
  const where = posServerId === place.id ? t("knownBefore.here") : names.join(", ");
  return {
    url: `/incidents/${incidentId}`,
    date: isToday ? format.clock(endedAt, now) : format.day(endedAt, now),
    text: `${where}: ${endInWords(viewer, end, cause)}`,
  };
}

function endInWords({ t, format }: Viewer, { repair, beganAt, endedAt }: PastEnd, cause: Cause): string {
  if (repair) return t(`knownBefore.${repair.kind}`, { duration: format.elapsed(restoredMs(repair) ?? 0) });
  // What has to be done elsewhere did not pass by itself: somebody may have done it.
  const { step } = CATALOGUE[cause];
  const isByPeople = isOfAdministrators(step) || (isOnSite(step) && step !== "wait");
  return t(`knownBefore.${isByPeople ? "recovered" : "itself"}`, { duration: format.span(beganAt, endedAt) });
}
