import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { findIncident, type ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import type { Confirmation } from "../../forms/confirmation.ts";
import { textFields } from "../../forms/fields.ts";
import type { WithId } from "../../forms/id.ts";
import { isMessenger, type SendOutcome } from "../../notifications/channels/channel.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import { type ListedDelivery, listDeliveries } from "../../notifications/registry/deliveries.ts";
import { findDependents } from "../../notifications/registry/find-channels.ts";
import { removeChannel, switchChannel } from "../../notifications/registry/save-channel.ts";
import { listRules } from "../../notifications/rules/list-rules.ts";
import { createAttemptLimit } from "../../people/registry/attempt-limit.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { findAskedChannel, ownerOf, readRuleNames } from "../asked.ts";
import { CHANNEL_TOLD, CHANNELS_URL, channelUrl, LIST_TOLD } from "../words.ts";
import { channelModel } from "./channel-model.ts";

const SHOWN_DELIVERIES = 20;

/** `/channels/:id`: what a channel is, how it stands, of what it is told and what it was told last. */
export async function showChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/channels/:id", { config: { access: "outlet_setup" } }, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const { organizations } = request.viewer;
    const deliveries = await listDeliveries(db, channel.id, SHOWN_DELIVERIES);
    const known = {
      channel,
      rules: await listRules(db, channel.id),
      names: await readRuleNames(db, ownerOf(request, channel)),
      deliveries,
      incidents: await findIncidents(db, organizations, deliveries),
      botFailure: isMessenger(channel.kind) ? app.notifications.botStanding(channel.id) : null,
      told: request.toldOnce(CHANNEL_TOLD),
    };
    return await reply.page("channels/show", channelModel(request.viewer, known, app.clock()));
  });
}

/** What deliveries are about, as far as the viewer may see it. */
async function findIncidents(
  db: Db,
  access: OrganizationAccess,
  deliveries: readonly ListedDelivery[],
): Promise<Map<number, ShownIncident>> {
  const incidents = new Map<number, ShownIncident>();
  for (const id of new Set(deliveries.flatMap(({ incidentId }) => incidentId ?? []))) {
    const incident = await findIncident(db, access, id);
    if (incident) incidents.set(id, incident);
  }
  return incidents;
}

/** Within a quarter of an hour, of one person: a test goes to others, who have not asked for it. */
const MOST_TESTS = 20;

type ChannelRequest = FastifyRequest<WithId>;

/** `/channels/:id/switches` and `/channels/:id/tests`: on, off, and whether something gets through. */
export async function useChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const testLimit = createAttemptLimit(MOST_TESTS);

  app.post("/channels/:id/switches", access, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const { state } = textFields(request.body, ["state"]);
    if (state !== "on" && state !== "off") return reply.leadTo(channelUrl(channel.id));
    await switchChannel(db, request.actor(), channel, state === "on", app.clock());
    const kind = state === "on" ? "switchedOn" : "switchedOff";
    return reply.tellOnce(channelUrl(channel.id), CHANNEL_TOLD, { kind });
  });

  app.post("/channels/:id/tests", access, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const url = channelUrl(channel.id);
    if (!(await testLimit.take(String(request.signedInUser().id))))
      return reply.tellOnce(url, CHANNEL_TOLD, { kind: "tooManyTests" });
    const outcome = await app.notifications.sendTest(channel.id);
    // Somebody has removed it meanwhile.
    if (!outcome) return reply.leadTo(CHANNELS_URL);
    await recordTest(db, request.actor(), channel, outcome, app.clock());
    return reply.tellOnce(url, CHANNEL_TOLD, { kind: "tested", outcome });
  });
}

/** `/channels/:id/removal`: a channel goes, with all that goes with it. */
export async function removeChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get("/channels/:id/removal/new", access, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const model = removalConfirmation(request.viewer, channel, await findDependents(db, channel.id));
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post("/channels/:id/removal", access, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    const isRemoved = channel && (await removeChannel(db, request.actor(), channel, app.clock()));
    if (!isRemoved) return reply.callNotFound();
    return reply.tellOnce(CHANNELS_URL, LIST_TOLD, { kind: "removed", name: channel.name });
  });
}

function removalConfirmation(
  { t }: Viewer,
  { id, kind, name, rules }: Channel,
  { below, people, escalating }: Awaited<ReturnType<typeof findDependents>>,
): Confirmation {
  return {
    title: t("channels.removal.title", { name }),
    subtitle: t(`channels.kind.${kind}`),
    texts: [
      t("channels.removal.text"),
      ...(rules > 0 ? [t("channels.removal.rules", { count: rules })] : []),
      ...(below > 0
        ? [
            t("channels.removal.below", { count: below }),
            t("channels.removal.whose", { names: people.join(", ") }),
          ]
        : []),
      ...(escalating.length > 0 ? [t("channels.removal.escalating", { names: namesOf(escalating) })] : []),
      t("channels.removal.wayBack"),
    ],
    problem: null,
    path: `${channelUrl(id)}/removal`,
    sends: { name: "removed", value: "yes" },
    submit: t("channels.remove"),
    isDanger: true,
    backUrl: channelUrl(id),
  };
}

function namesOf(names: readonly string[]): string {
  return names.map((name) => `«${name}»`).join(", ");
}

/** Records that somebody had a channel tried, and how that ended. */
async function recordTest(
  db: Db,
  actor: Actor,
  { name: subject }: Pick<Channel, "name">,
  outcome: SendOutcome,
  now: number,
): Promise<void> {
  const detail: AuditDetail = outcome.ok
    ? [{ key: "channelAnswer", values: { answer: outcome.answer } }]
    : [{ key: "channelFailure", values: { code: outcome.failure, detail: outcome.detail } }];
  const result = outcome.ok ? "done" : "failed";
  await recordEvent(db, actor, { action: "channel_test", result, subject, detail }, now);
}
