import type { Viewer } from "../../viewer/viewer.ts";
import type { Advice } from "../causes.ts";
import type { ShownIncident } from "./find-incidents.ts";

/** What an incident means at the tills. */
export function meaningInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  { posServer }: ShownIncident,
  { meaning }: Advice,
  now: number,
): string {
  if (meaning === "stale" && posServer) {
    return posServer.lastSyncAt === null
      ? t("posServer.means.neverSynced")
      : t("posServer.means.asOf", { time: format.clock(posServer.lastSyncAt, now) });
  }
  return t(`cause.means.${meaning}`);
}

/** What to do about an incident. */
export function todoInWords(
  { t }: Pick<Viewer, "t">,
  { failing: count }: ShownIncident,
  { todo, meaning }: Advice,
): string {
  if (todo !== "wait_for_many") return t(`cause.todo.${todo}`);
  return t(`incident.todo.${meaning === "unknown" ? "network" : "server"}`, { count });
}
