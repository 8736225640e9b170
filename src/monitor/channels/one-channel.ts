import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { createAttemptLimit } from "../access/attempt-limit.ts";
import type { AuditDetail } from "../audit-log/detail.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { findIncident } from "../fleet/incidents/find-incidents.ts";
import { titleOfIncident } from "../fleet/incidents/incident-in-words.ts";
import { readForm, Text } from "../forms/fields.ts";
import { type ChannelFact, isMessenger } from "../notifications/channels/kind.ts";
import { failureInWords } from "../notifications/outbox/channel-standing.ts";
import { listRules } from "../notifications/rules/rule.ts";
import { KINDS } from "../notifications/sending/open-channel.ts";
import { type ListedDelivery, listDeliveries } from "../notifications/settings/deliveries.ts";
import { type Channel, findDependents } from "../notifications/settings/find-channels.ts";
import { readRuleNames, ruleInWords } from "../notifications/settings/rule-in-words.ts";
import { MAX_RULES } from "../notifications/settings/rules.ts";
import { removeChannel, switchChannel } from "../notifications/settings/save-channel.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  ACCESS,
  type AskedRequest,
  askedChannel,
  askToRemove,
  CHANNELS_URL,
  channelUrl,
  leadWithNotice,
  NOTICE,
  standingInWords,
} from "./asked.ts";

const SHOWN_DELIVERIES = 20;
/** By one user within 15 minutes: tests reach people who did not ask for them. */
const MOST_TESTS = 20;
const SwitchForm = Type.Object({ state: Text });

/** `/channels/:id`: a channel with its rules and last notifications; it is switched, tested and removed there. */
export async function oneChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const testLimit = createAttemptLimit(MOST_TESTS);

  app.get("/channels/:id", ACCESS, async (request: AskedRequest, reply) => {
    const { viewer } = request;
    const asked = await askedChannel(db, request);
    const { channel } = asked;
    const { id, name, kind, ownerId, isEnabled, failed } = channel;
    const now = app.clock();
    const path = channelUrl(id);
    const botFailure = isMessenger(kind) ? app.notifications.botStanding(id) : null;
    const rules = await listRules(db, id);
    const names = await readRuleNames(db, asked);
    const deliveries = await listDeliveries(db, id, SHOWN_DELIVERIES);
    return await reply.page("channels/show", {
      title: name,
      path,
      kind,
      isOwn: ownerId !== null,
      isEnabled,
      standing: standingInWords(viewer, channel, now),
      detail: isEnabled && failed ? failed.detail : "",
      botFailure: botFailure && failureInWords(viewer, botFailure.failure, botFailure.detail),
      facts: factsOf(viewer, channel),
      notice: request.flashed(NOTICE),
      rules: rules.map((rule) => ({
        text: ruleInWords(viewer, rule, names),
        url: `${path}/rules/${rule.id}`,
      })),
      canAddRule: rules.length < MAX_RULES,
      deliveries: await Promise.all(deliveries.map((one) => readDeliveryModel(db, viewer, one, now))),
    });
  });

  app.post("/channels/:id/switches", ACCESS, async (request: AskedRequest, reply) => {
    const { channel } = await askedChannel(db, request);
    const { state } = readForm(SwitchForm, request.body);
    const url = channelUrl(channel.id);
    if (state !== "on" && state !== "off") return reply.leadTo(url);
    await switchChannel(db, request.actor(), channel.id, state === "on", app.clock());
    return leadWithNotice(reply, url, state === "on" ? "switchedOn" : "switchedOff");
  });

  app.post("/channels/:id/tests", ACCESS, async (request: AskedRequest, reply) => {
    const { channel } = await askedChannel(db, request);
    const url = channelUrl(channel.id);
    const mayTest = await testLimit.take(String(request.signedInUser().id));
    if (!mayTest) return leadWithNotice(reply, url, "tooManyTests");
    const outcome = await app.notifications.sendTest(channel.id);
    // Removed meanwhile.
    if (!outcome) return reply.leadTo(CHANNELS_URL);
    const result = outcome.ok ? "done" : "failed";
    const detail: AuditDetail = outcome.ok
      ? [{ key: "channelAnswer", values: { answer: outcome.answer } }]
      : [{ key: "channelFailure", values: { code: outcome.failure, detail: outcome.detail } }];
    const event = { action: "channel_test", result, subject: channel.name, detail } as const;
    await recordEvent(db, request.actor(), event, app.clock());
    if (!outcome.ok) {
      const failure = failureInWords(request.viewer, outcome.failure, outcome.detail);
      return leadWithNotice(reply, url, "testFailed", { failure });
    }
    if (isMessenger(channel.kind)) return leadWithNotice(reply, url, "testInChat");
    return leadWithNotice(reply, url, "testTaken", { answer: outcome.answer });
  });

  app.get("/channels/:id/removal/new", ACCESS, async (request: AskedRequest, reply) => {
    const { t } = request.viewer;
    const { id, kind, name, rules } = (await askedChannel(db, request)).channel;
    const { below, people, escalating } = await findDependents(db, id);
    const quoted = escalating.map((other) => t("quoted", { text: other })).join(", ");
    return await askToRemove(reply, {
      title: t("channels.removal.title", { name }),
      subtitle: t(`channels.kind.${kind}`),
      texts: [
        t("channels.removal.text"),
        rules > 0 && t("channels.removal.rules", { count: rules }),
        below > 0 && t("channels.removal.below", { count: below }),
        below > 0 && t("channels.removal.whose", { names: people.join(", ") }),
        quoted !== "" && t("channels.removal.escalating", { names: quoted }),
        t("channels.removal.wayBack"),
      ].filter((text) => text !== false),
      path: `${channelUrl(id)}/removal`,
      submit: t("form.remove"),
      backUrl: channelUrl(id),
    });
  });

  app.post("/channels/:id/removal", ACCESS, async (request: AskedRequest, reply) => {
    const { channel } = await askedChannel(db, request);
    const isRemoved = await removeChannel(db, request.actor(), channel, app.clock());
    return isRemoved
      ? leadWithNotice(reply, CHANNELS_URL, "removed", { name: channel.name })
      : reply.callNotFound();
  });
}

function factsOf(viewer: Viewer, channel: Channel) {
  const { t } = viewer;
  const { kind, settings, via, below, language, timeZone, sendsLogLines } = channel;
  const { reach, facts } = KINDS[kind];
  const fact = (
    label: "reach" | "via" | "words" | "logLines" | "below" | ChannelFact["label"],
    text: string,
  ) => ({
    label: t(`channels.fact.${label}`),
    text,
  });
  return [
    fact("reach", settings.to ?? reach(viewer, settings, via !== null)),
    ...(via ? [fact("via", via.name)] : facts(viewer, settings).map(({ label, text }) => fact(label, text))),
    fact("words", `${t(`languageName.${language}`)}, ${timeZone}`),
    ...(sendsLogLines ? [fact("logLines", t("channels.logLinesSent"))] : []),
    ...(below > 0 ? [fact("below", t("channels.below", { count: below }))] : []),
  ];
}

const DELIVERY_STATES = {
  sent: "works",
  unchanged: "off",
  superseded: "off",
  refused: "failing",
  given_up: "failing",
  isSent: "unused",
  waits: "unused",
  isRetried: "failing",
} as const;

/** The incident is named only when the viewer may see it. */
async function readDeliveryModel(db: Db, viewer: Viewer, delivery: ListedDelivery, now: number) {
  const { t, format } = viewer;
  const { kind, incidentId, aboutName, queuedAt, finishedAt, attempts, failure, failureDetail } = delivery;
  const at = finishedAt ?? queuedAt;
  const open = delivery.isClaimed ? "isSent" : attempts === 0 ? "waits" : "isRetried";
  const outcome = delivery.outcome ?? open;
  const state = DELIVERY_STATES[outcome];
  const incident = incidentId === null ? null : await findIncident(db, viewer.organizations, incidentId);
  const unseen = incidentId === null ? null : t("incident.number", { id: String(incidentId) });
  const ofIncident = incident ? titleOfIncident(viewer, incident) : unseen;
  return {
    kind,
    attempts,
    at: { iso: new Date(at).toISOString(), text: format.time(at, now) },
    about: aboutName === null ? ofIncident : t("delivery.aboutChannel", { name: aboutName }),
    url: incident && `/incidents/${incident.id}`,
    standing: { state, text: t(`delivery.outcome.${outcome}`) },
    because: failure && state === "failing" ? failureInWords(viewer, failure, failureDetail ?? "") : null,
  };
}
