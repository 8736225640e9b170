import type { ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import { titleOfIncident } from "../../fleet/incidents/incident-in-words.ts";
import { type ChannelKind, isMessenger } from "../../notifications/channels/channel.ts";
import type { ChannelFact } from "../../notifications/channels/kind.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import type { ListedDelivery } from "../../notifications/registry/deliveries.ts";
import { MAX_RULES } from "../../notifications/registry/rules.ts";
import type { Rule } from "../../notifications/rules/rule.ts";
import { KINDS } from "../../notifications/sending/kinds.ts";
import { failureInWords } from "../../notifications/texts/other-texts.ts";
import type { OutgoingFailure } from "../../outgoing/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { type RuleNames, ruleInWords } from "../words/rule-in-words.ts";
import {
  type ChannelStanding,
  type ChannelTold,
  channelUrl,
  reachInWords,
  ruleUrl,
  standingInWords,
} from "../words.ts";

/** What is known of a channel. */
interface KnownChannel {
  channel: Channel;
  rules: readonly Rule[];
  names: RuleNames;
  deliveries: readonly ListedDelivery[];
  /** What they are about, by id. */
  incidents: ReadonlyMap<number, ShownIncident>;
  /** Why nobody's presses of buttons are heard; null = they are. */
  botFailure: OutgoingFailure | null;
  told: ChannelTold | null;
}

/** What `/channels/:id` shows. */
export function channelModel(viewer: Viewer, known: KnownChannel, now: number) {
  const { t } = viewer;
  const { channel, rules, names, deliveries, botFailure, told } = known;
  const { id, name, kind, ownerId, isEnabled, failed } = channel;
  const path = channelUrl(id);
  return {
    title: name,
    subtitle: `${t(`channels.kind.${kind}`)} · ${t(ownerId === null ? "channels.isShared" : "channels.isOwn")}`,
    path,
    isEnabled,
    standing: standingInWords(viewer, channel, now),
    detail: isEnabled && failed ? failed.detail : "",
    botSilent:
      botFailure &&
      t("channels.botSilent", { failure: failureInWords(viewer, botFailure.failure, botFailure.detail) }),
    facts: factsOf(viewer, channel),
    told: told && toldInWords(viewer, kind, told),
    untried: kind === "max" ? t("channels.untried.max") : null,
    secret: told?.kind === "made" ? told.secret : null,
    rules: rules.map((rule) => ({
      text: ruleInWords(viewer, rule, names),
      url: ruleUrl(id, rule.id),
      removeUrl: `${ruleUrl(id, rule.id)}/removal/new`,
    })),
    addRuleUrl: rules.length < MAX_RULES ? `${path}/rules/new` : null,
    deliveries: deliveries.map((delivery) => deliveryModel(viewer, delivery, known.incidents, now)),
  };
}

function factsOf(viewer: Viewer, channel: Channel) {
  const { t } = viewer;
  const { kind, settings, via, below, language, timeZone } = channel;
  const { reachInFull, facts } = KINDS[kind];
  const fact = (label: "reach" | "via" | "words" | "below" | ChannelFact["label"], text: string) => ({
    label: t(`channels.fact.${label}`),
    text,
  });
  return [
    fact("reach", reachInFull?.(settings) ?? reachInWords(viewer, channel)),
    ...(via ? [fact("via", via.name)] : facts(viewer, settings).map(({ label, text }) => fact(label, text))),
    fact("words", `${t(`languageName.${language}`)}, ${timeZone}`),
    ...(below > 0 ? [fact("below", t("channels.below", { count: below }))] : []),
  ];
}

/** Says how something ended that was done to a channel. */
function toldInWords(
  viewer: Pick<Viewer, "t">,
  kind: ChannelKind,
  told: ChannelTold,
): { text: string; isProblem: boolean } {
  const { t } = viewer;
  if (told.kind !== "tested")
    return { text: t(`channels.told.${told.kind}`), isProblem: told.kind === "tooManyTests" };
  const { outcome } = told;
  if (!outcome.ok) {
    const failure = failureInWords(viewer, outcome.failure, outcome.detail);
    return { text: t("channels.told.testFailed", { failure }), isProblem: true };
  }
  const text = isMessenger(kind)
    ? t("channels.told.testInChat")
    : t("channels.told.testTaken", { answer: outcome.answer });
  return { text, isProblem: false };
}

/** A line of what a channel was told. */
function deliveryModel(
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
    ...outcomeInWords(viewer, delivery),
    attempts: attempts > 1 ? t("delivery.attempts", { count: attempts }) : "",
  };

  function aboutInWords(): string | null {
    if (aboutName !== null) return t("delivery.aboutChannel", { name: aboutName });
    if (incidentId === null) return null;
    return incident ? titleOfIncident(viewer, incident) : t("delivery.incident", { id: String(incidentId) });
  }
}

function outcomeInWords(viewer: Viewer, delivery: ListedDelivery) {
  const { t } = viewer;
  const { outcome, finishedAt, attempts, isClaimed, failure, failureDetail } = delivery;
  const because = failure ? failureInWords(viewer, failure, failureDetail ?? "") : null;
  if (finishedAt !== null && outcome !== null) {
    const text = t(`delivery.outcome.${outcome}`);
    if (outcome === "sent") return said("works", text, null);
    const isFailed = outcome === "refused" || outcome === "given_up";
    return isFailed ? said("failing", text, because) : said("off", text, null);
  }
  if (isClaimed) return said("unused", t("delivery.isSent"), null);
  return attempts === 0
    ? said("unused", t("delivery.waits"), null)
    : said("failing", t("delivery.isRetried"), because);
}

function said(state: ChannelStanding["state"], text: string, because: string | null) {
  return { standing: { state, text }, because };
}
