import type { Viewer } from "../../viewer/viewer.ts";
import type { PosServerState } from "../state.ts";
import type { ShownIncident } from "./find-incidents.ts";
import { isFlapping } from "./incident.ts";

/** By its POS server, or by how many there are. */
export function titleOfIncident({ t }: Pick<Viewer, "t">, incident: ShownIncident): string {
  const { posServer, failing, members } = incident;
  if (posServer) return posServer.name;
  return failing > 0
    ? t("incident.failing", { count: failing })
    : t("incident.concerned", { count: members });
}

/** The organization, or how many. */
export function placeOfIncident(
  { t }: Pick<Viewer, "t">,
  { posServer, organizations }: ShownIncident,
): string {
  if (!posServer) return t("organizations.found", { count: organizations });
  const { organizationName, crmId } = posServer;
  return `${organizationName} · ${t("posServers.crmId", { crmId })}`;
}

export function returnsInWords({ t }: Pick<Viewer, "t">, incident: ShownIncident): string | null {
  const { reopenings } = incident;
  if (reopenings === 0) return null;
  return t(isFlapping(incident) ? "incident.flaps" : "incident.cameBack", { count: reopenings + 1 });
}

/**
 * How an incident stands or ended, as far as the viewer may see: the state of its sign, a text (empty while it lasts), and
 * since when it lasts (ms UTC; null = it is over, or paused).
 */
export function standingOfIncident(words: Pick<Viewer, "t" | "format">, incident: ShownIncident) {
  const { t } = words;
  const { failingSince, closedAt, endedBy, failing, paused, quietAt, example } = incident;
  const calm = (state: PosServerState, text: string) => ({ state, text, lastsSince: null });
  if (closedAt !== null) {
    if (endedBy !== "recovered") return calm("pending", t(`incident.ended.${endedBy ?? "removed"}`));
    const duration = lengthOfIncident(words, incident);
    return calm("synced", t("incident.ended.recovered", { duration }));
  }
  if (failing > 0) return { state: example.state, text: "", lastsSince: failingSince };
  if (paused > 0) return calm("closed", t("incident.paused"));
  return quietAt === null ? calm("synced", t("incident.othersFail")) : calm("pending", t("incident.quiet"));
}

/** «Нет связи с 16:00»; null when it answers or silence is the cause itself. */
export function silenceOfIncident(
  { t, format }: Pick<Viewer, "t" | "format">,
  { silentSince, closedAt }: ShownIncident,
  now: number,
): string | null {
  if (silentSince === null || closedAt !== null) return null;
  return t("incident.silentSince", { time: format.clock(silentSince, now) });
}

/**
 * How long an incident lasted; after returns, also how long there was no exchange.
 * @param now ms UTC, for one that is not over.
 */
export function lengthOfIncident(
  { t, format }: Pick<Viewer, "t" | "format">,
  { openedAt, closedAt, quietAt, reopenings, downMs, failingSince }: ShownIncident,
  now = openedAt,
): string {
  const endedAt = closedAt ?? quietAt;
  const whole = format.span(openedAt, endedAt ?? now);
  if (reopenings === 0) return whole;
  const failedMs = endedAt === null ? downMs + now - failingSince : downMs;
  return t("incident.partOfTime", { down: format.span(openedAt, openedAt + failedMs), whole });
}
