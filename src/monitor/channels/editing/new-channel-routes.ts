import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isChecked, textFields } from "../../forms/fields.ts";
import { CHANNEL_KINDS } from "../../notifications/channels/channel.ts";
import type { WantedChannel } from "../../notifications/registry/channel.ts";
import { listSharedServers } from "../../notifications/registry/find-channels.ts";
import { createChannel } from "../../notifications/registry/save-channel.ts";
import { makeSecretToken } from "../../secrets/secret-token.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { CHANNEL_TOLD, CHANNELS_URL, channelUrl } from "../words.ts";
import {
  type ChannelForm,
  type FormOf,
  kindFormOf,
  MAX_CHANNEL_FORM_BYTES,
  readChannelForm,
  refused,
} from "./channel-form.ts";
import { type AskedForm, channelFormModel } from "./form-model.ts";

/** `/channels/new`: another way by which people are told: of all, which administrators make, or one's own. */
export async function newChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get(`${CHANNELS_URL}/new`, access, async (request, reply) => {
    const of = readFormOf(request, request.query);
    if (!of) return reply.callNotFound();
    // It is made when somebody has told the bot who they are.
    const part = of.kind === "push" ? "push-part" : "messengers";
    if (of.isOwn && of.kind !== "email") return reply.redirect(`${CHANNELS_URL}#${part}`, 303);
    const form = { typed: kindFormOf(of)?.defaults ?? {}, problems: {}, limits: {} };
    return await showForm(reply, of, form, true);
  });

  app.post(CHANNELS_URL, { ...access, bodyLimit: MAX_CHANNEL_FORM_BYTES }, async (request, reply) => {
    const of = readFormOf(request, request.body);
    if (!of || (of.isOwn && of.kind !== "email")) return reply.callNotFound();
    const hasDefaultRule = isChecked(request.body, "withRule");
    const { wanted, ...form } = readChannelForm(request.body, of, null);
    if (!wanted) return await showForm(reply.code(422), of, form, hasDefaultRule);
    const { complete, madeSecret } = withSecret(wanted);
    const ownerId = of.isOwn ? request.signedInUser().id : null;
    const channel = { ...complete, ownerId, hasDefaultRule };
    const made = await createChannel(db, app.secretBox, request.actor(), channel, app.clock());
    if (made.ok)
      return reply.tellOnce(channelUrl(made.id), CHANNEL_TOLD, { kind: "made", secret: madeSecret });
    return await showForm(reply.code(422), of, refused(form, made.problem, of.isOwn), hasDefaultRule);
  });

  async function showForm(reply: FastifyReply, of: FormOf, form: ChannelForm, hasDefaultRule: boolean) {
    const vias = of.isOwn ? await listSharedServers(db, "email") : [];
    const asked = { of, form, vias: vias.filter(({ isEnabled }) => isEnabled), known: [] };
    const model = newChannelModel(reply.request.viewer, asked, hasDefaultRule, app.clock());
    return await reply.page("channels/new", model);
  }
}

/** Of which channel a form is asked for; null = there is none such, or not for them. */
function readFormOf(request: FastifyRequest, fields: unknown): FormOf | null {
  const { isAdministrator } = request.signedInUser();
  const asked = textFields(fields, ["kind", "scope"]);
  const kind = asked.kind === "" ? "email" : CHANNEL_KINDS.find((one) => one === asked.kind);
  const scope = asked.scope || (isAdministrator ? "shared" : "own");
  const isOwn = scope === "own";
  if (!kind || (!isOwn && scope !== "shared") || (!isOwn && !isAdministrator)) return null;
  // A program is told for all, a browser tells one person.
  return kind === (isOwn ? "webhook" : "push") ? null : { kind, isOwn };
}

/** A webhook without a secret is given one, which is told once. */
function withSecret(wanted: WantedChannel): { complete: WantedChannel; madeSecret: string | null } {
  const { terms } = wanted;
  const isGiven = terms.secrets !== null && "secret" in terms.secrets;
  if (terms.kind !== "webhook" || isGiven) return { complete: wanted, madeSecret: null };
  const secret = makeSecretToken();
  return { complete: { ...wanted, terms: { ...terms, secrets: { secret } } }, madeSecret: secret };
}

/** What `/channels/new` shows; one's own mail needs the server of a channel of all. */
function newChannelModel(viewer: Viewer, asked: AskedForm, hasDefaultRule: boolean, now: number) {
  const { t } = viewer;
  const { of, form, vias } = asked;
  const { kind, isOwn } = of;
  return {
    ...channelFormModel(viewer, asked, now),
    title: t(isOwn ? `channels.newOwn.${kind}` : `channels.newShared.${kind}`),
    withRule: {
      text: t("channels.field.withRule"),
      hint: t("channels.hint.withRule"),
      isTicked: hasDefaultRule,
    },
    refusal: form.problems.all ? t(form.problems.all, form.limits) : null,
    isWithoutVia: isOwn && vias.length === 0,
  };
}
