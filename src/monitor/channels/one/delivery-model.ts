import type { ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import { titleOfIncident } from "../../fleet/incidents/incident-in-words.ts";
import type { ListedDelivery } from "../../notifications/registry/list-deliveries.ts";
import { failureInWords } from "../../notifications/texts/other-texts.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { ChannelStanding } from "../words/channel-in-words.ts";

/** A line of what a channel was told. */
export function deliveryModel(
  viewer: Viewer,
  delivery: ListedDelivery,
  incidents: ReadonlyMap<number, ShownIncident>,
  now: number,
) {
  const { t, format } = viewer;
  const { kind, incidentId, aboutName, queuedAt, finishedAt, attempts } = delivery;
  const incident = incidentId === null ? undefined : incidents.get(incidentId);
  const at = finishedAt ?? queuedAt;
  return {
    at: { iso: new Date(at).toISOString(), text: format.time(at, now) },
    kind: t(`delivery.kind.${kind}`),
    about: aboutInWords(),
    url: incident ? `/incidents/${incident.id}` : null,
    ...outcomeInWords(viewer, delivery, now),
    attempts: attempts > 1 ? t("delivery.attempts", { count: attempts }) : "",
  };

  function aboutInWords(): string | null {
    if (aboutName !== null) return t("delivery.aboutChannel", { name: aboutName });
    if (incidentId === null) return null;
    return incident ? titleOfIncident(viewer, incident) : t("delivery.incident", { id: String(incidentId) });
  }
}

function outcomeInWords(viewer: Viewer, delivery: ListedDelivery, now: number) {
  const { t } = viewer;
  const { outcome, finishedAt, attempts, claimedUntil, failure, failureDetail } = delivery;
  const because = failure ? failureInWords(viewer, failure, failureDetail ?? "") : null;
  if (finishedAt !== null && outcome !== null) {
    const text = t(`delivery.outcome.${outcome}`);
    if (outcome === "sent") return said("works", text, null);
    const isFailed = outcome === "refused" || outcome === "given_up";
    return isFailed ? said("failing", text, because) : said("off", text, null);
  }
  if (claimedUntil !== null && claimedUntil > now) return said("unused", t("delivery.isSent"), null);
  return attempts === 0
    ? said("unused", t("delivery.waits"), null)
    : said("failing", t("delivery.isRetried"), because);
}

function said(state: ChannelStanding["state"], text: string, because: string | null) {
  return { standing: { state, text }, because };
}
