import { ECDH } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { textFields } from "../forms/fields.ts";
import { PushSecrets, PushTarget } from "../notifications/channels/push/kind.ts";
import type { IsPushService } from "../notifications/channels/push/send-push.ts";
import { MAX_OWN_CHANNELS } from "../notifications/registry/channel.ts";
import { type PushProblem, savePushSubscription } from "../notifications/registry/save-push-subscription.ts";
import { describeBrowser } from "../people/account/describe-browser.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { CHANNEL_TOLD, CHANNELS_URL, channelUrl } from "./words.ts";

/** Browsers say here how they are reached. */
const PUSH_SUBSCRIPTIONS_URL = `${CHANNELS_URL}/push-subscriptions`;
/** Stays what it is: browsers come back to it for years. */
const PUSH_WORKER_URL = "/push-worker.js";
const PUSH_ICON_URL = "/push-icon.png";

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

const PUBLIC_DIRECTORY = join(import.meta.dirname, "../../../public");
const FILES = [
  [PUSH_WORKER_URL, "push-worker/push-worker.js", "text/javascript; charset=utf-8"],
  [PUSH_ICON_URL, "icons/poswatch-192.png", "image/png"],
] as const;

/** `/push-worker.js`, which shows messages while no page is open, and its icon: not under the assets, whose address changes. */
export async function pushWorkerRoutes(app: FastifyInstance): Promise<void> {
  for (const [url, file, type] of FILES) {
    app.get(url, { config: { access: "public" } }, async (_request, reply) => {
      reply.type(type).header("cache-control", "no-cache");
      return reply.send(await readFile(join(PUBLIC_DIRECTORY, file)));
    });
  }
}

/** Why a browser cannot be told, as far as it knows by itself. */
const OBSTACLES = [
  "insecure",
  "homeScreen",
  "unsupported",
  "denied",
  "dismissed",
  "untrusted",
  "service",
  "unreachable",
  "failed",
] as const;

/** What the part of `/channels` shows by which somebody is told in their browser. @param publicKey of the installation. */
export function pushModel({ t }: Pick<Viewer, "t">, publicKey: string) {
  return {
    path: PUSH_SUBSCRIPTIONS_URL,
    publicKey,
    worker: PUSH_WORKER_URL,
    /** The pages that belong to the worker: only to these it is of use. */
    scope: CHANNELS_URL,
    texts: JSON.stringify(
      Object.fromEntries(OBSTACLES.map((obstacle) => [obstacle, t(`push.obstacle.${obstacle}`)])),
    ),
  };
}
