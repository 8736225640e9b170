import type { Selectable } from "kysely";
import { MINUTE_MS } from "../../protocol/time-units.ts";
import type { PosStatusTable } from "../database/tables/status-tables.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** Trouble that begins so soon after the last one ended is that one coming back. */
export const COMES_BACK_WITHIN_MS = 30 * MINUTE_MS;
/** So many failures in a row, each soon after the last one, are flapping. */
export const FLAPS_FROM_FAILURES = 3;

/** How often a POS server has failed in a row, while it flaps at `now` (ms UTC); else null. */
export function flapsOf({ failuresInRow, problemSince, recoveredAt }: FlapFacts, now: number): number | null {
  const lasts = problemSince !== null || (recoveredAt !== null && now - recoveredAt < COMES_BACK_WITHIN_MS);
  return lasts && failuresInRow >= FLAPS_FROM_FAILURES ? failuresInRow : null;
}

type FlapFacts = Pick<Selectable<PosStatusTable>, "failuresInRow" | "problemSince" | "recoveredAt">;

/** «То работает, то нет: 6 раз»; null = it does not flap. */
export function flapsInWords({ t }: Pick<Viewer, "t">, facts: FlapFacts, now: number): string | null {
  const count = flapsOf(facts, now);
  return count === null ? null : t("incident.flaps", { count });
}
