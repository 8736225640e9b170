import type { ShownPosServer } from "../../restaurants/find-pos-server.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { adviceOnExample } from "../cause-example.ts";
import { adviceBeforeSilence } from "../cause-in-words.ts";
import { type Advice, adviceOn } from "../causes.ts";
import type { ShownIncident } from "./find-incidents.ts";
import { isSilence } from "./incident.ts";

interface IncidentAdvice {
  /** null = nothing is wrong any more, or nothing is known. */
  advice: Advice | null;
  /** What remains to do once it answers again; null = it answers, or nothing remains. */
  adviceBefore: Advice | null;
}

export const NO_ADVICE: IncidentAdvice = { advice: null, adviceBefore: null };

/** Advises on an incident, by the present status of its POS server unless that has another cause by now. */
export function adviceOnIncident(
  { example, kind, causeKey, silentSince }: ShownIncident,
  known: ShownPosServer | null,
): IncidentAdvice {
  const own = adviceOnExample(example, kind === "common");
  const isSilent = silentSince !== null && known !== null && isSilence(known);
  if (!known || (!isSilent && known.causeKey !== causeKey)) return { ...NO_ADVICE, advice: own };
  const before = adviceBeforeSilence(known);
  return { advice: adviceOn(known), adviceBefore: isSilent && before?.cause !== own?.cause ? own : before };
}

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

export function todoInWords(
  { t }: Pick<Viewer, "t">,
  { failing: count, example }: ShownIncident,
  { todo }: Advice,
): string {
  if (todo !== "wait_for_many") return t(`cause.todo.${todo}`);
  return t(`incident.todo.${example.state === "unreachable" ? "network" : "server"}`, { count });
}
