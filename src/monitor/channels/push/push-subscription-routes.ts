import { ECDH } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { textFields } from "../../forms/fields.ts";
import { PushSecrets, PushTarget } from "../../notifications/channels/push/kind.ts";
import type { IsPushService } from "../../notifications/channels/push/send-push.ts";
import { MAX_OWN_CHANNELS } from "../../notifications/registry/channel.ts";
import {
  type PushProblem,
  savePushSubscription,
} from "../../notifications/registry/save-push-subscription.ts";
import { describeBrowser } from "../../people/account/describe-browser.ts";
import { channelUrl } from "../words/addresses.ts";
import { CHANNEL_TOLD } from "../words/told.ts";
import { PUSH_SUBSCRIPTIONS_URL } from "./addresses.ts";

/** By these the browser knows whether another subscription would be taken. */
const STATUS = { invalid: 422, unknownService: 422, tooMany: 422, spent: 409 } as const;

type Problem = PushProblem | Extract<ReadSubscription, { problem: string }>["problem"];

/** `/channels/push-subscriptions`: somebody wants to be told in the browser that they sit at. */
export async function pushSubscriptionRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post(PUSH_SUBSCRIPTIONS_URL, { config: { access: "outlet_setup" } }, async (request, reply) => {
    const read = readSubscription(request.body, app.isPushService);
    if ("problem" in read) return await refuse(reply, read.problem, read.host);
    const { language, timeZone } = request.viewer;
    const userId = request.signedInUser().id;
    const subscription = { userId, name: nameOf(request), language, timeZone, ...read };
    const saved = await savePushSubscription(db, app.secretBox, request.actor(), subscription, app.clock());
    if (!saved.ok) return await refuse(reply, saved.problem);
    const told = saved.isNew ? ({ kind: "made", secret: null } as const) : ({ kind: "saved" } as const);
    return reply.tellOnce(channelUrl(saved.id), CHANNEL_TOLD, told);
  });

  async function refuse(reply: FastifyReply, problem: Problem, host = "") {
    const { viewer, isPartial } = reply.request;
    const { t } = viewer;
    const message = t(`push.problem.${problem}`, { host, maxChannels: MAX_OWN_CHANNELS });
    reply.code(STATUS[problem]);
    if (!isPartial) return await reply.page("errors/page", { title: t("push.title"), message });
    const part = app.renderFragment("errors/_message", viewer, { message });
    return reply.type("text/html; charset=utf-8").send(part);
  }
}

/** Browser and system in the words of whoever sits at it, as their sessions have them. */
function nameOf({ headers, viewer }: FastifyRequest): string {
  const { t } = viewer;
  const { name, system } = describeBrowser(headers["user-agent"] ?? "");
  if (name && system) return t("account.browserOn", { name, system });
  return name ?? system ?? t("push.unknownBrowser");
}

const SubscriptionForm = Compile(Type.Object({ ...PushTarget.properties, ...PushSecrets.properties }));

/** What a browser has said of itself, or the key of what is wrong with it. */
type ReadSubscription =
  | { target: PushTarget; secrets: PushSecrets }
  | { problem: "invalid" | "unknownService"; host: string };

/** Reads the form that `public/js/push.js` sends: nobody fills it in. */
function readSubscription(body: unknown, isPushService: IsPushService): ReadSubscription {
  const form = textFields(body, ["endpoint", "p256dh", "auth"]);
  const url = URL.parse(form.endpoint);
  if (!url || !SubscriptionForm.Check(form) || !isPublicKey(form.p256dh))
    return { problem: "invalid", host: "" };
  if (!isPushService(url)) return { problem: "unknownService", host: url.host };
  const { endpoint, p256dh, auth } = form;
  return { target: { endpoint, p256dh }, secrets: { auth } };
}

/** Whether it is a point of the curve: nothing could be encrypted for another one. */
function isPublicKey(p256dh: string): boolean {
  try {
    ECDH.convertKey(p256dh, "prime256v1", "base64url");
    return true;
  } catch {
    return false;
  }
}
