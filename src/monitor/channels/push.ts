import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { PushSecrets, PushTarget } from "../notifications/channels/push/kind.ts";
import { providePushKey } from "../notifications/sending/push-keys.ts";
import { MAX_OWN_CHANNELS } from "../notifications/settings/save-channel.ts";
import { type PushProblem, savePushSubscription } from "../notifications/settings/save-push-subscription.ts";
import { browserInWords } from "../people/account/describe-browser.ts";
import { textsAsJson } from "../viewer/language.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { ACCESS, CHANNELS_URL, channelUrl, leadWithNotice } from "./asked.ts";

const PUSH_SUBSCRIPTIONS_URL = `${CHANNELS_URL}/push-subscriptions`;
/** Never changes: browsers keep it for years. */
const PUSH_WORKER_URL = "/push-worker.js";

const PUBLIC_DIRECTORY = join(import.meta.dirname, "../../../public");
/** Not under the assets, whose address changes. */
const FILES = [
  [PUSH_WORKER_URL, "push-worker/push-worker.js", "text/javascript; charset=utf-8"],
  ["/push-icon.png", "icons/poswatch-192.png", "image/png"],
] as const;

export async function pushModel({ database, secretBox, clock }: FastifyInstance, { language }: Viewer) {
  return {
    path: PUSH_SUBSCRIPTIONS_URL,
    publicKey: await providePushKey(database.db, secretBox, clock()),
    worker: PUSH_WORKER_URL,
    scope: CHANNELS_URL,
    /** Why a browser cannot subscribe, as far as it knows itself. */
    texts: textsAsJson(language, "pushObstacle"),
  };
}

const SubscriptionForm = Compile(Type.Object({ ...PushTarget.properties, ...PushSecrets.properties }));

/**
 * `/channels/push-subscriptions`: a user subscribes with their browser; and the files that show notifications without an
 * open page.
 */
export async function pushRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  // Sent by `public/js/push.js`.
  app.post(PUSH_SUBSCRIPTIONS_URL, ACCESS, async (request, reply) => {
    const { viewer, body, headers } = request;
    const url = SubscriptionForm.Check(body) ? URL.parse(body.endpoint) : null;
    if (!SubscriptionForm.Check(body) || !url) return await refuse(reply, "invalid");
    if (!app.isPushService(url)) return await refuse(reply, "unknownService", url.host);
    const { endpoint, p256dh, auth } = body;
    const { language, timeZone } = viewer;
    const subscription = {
      userId: request.signedInUser().id,
      name: browserInWords(viewer, headers["user-agent"] ?? "") ?? viewer.t("channels.kind.push"),
      language,
      timeZone,
      target: { endpoint, p256dh },
      secrets: { auth },
    };
    const saved = await savePushSubscription(db, app.secretBox, request.actor(), subscription, app.clock());
    if (!saved.ok) return await refuse(reply, saved.problem);
    return leadWithNotice(reply, channelUrl(saved.id), saved.isNew ? "made" : "saved");
  });

  for (const [url, file, type] of FILES) {
    app.get(url, { config: { access: "public" } }, async (_request, reply) => {
      reply.type(type).header("cache-control", "no-cache");
      return reply.send(await readFile(join(PUBLIC_DIRECTORY, file)));
    });
  }

  async function refuse(reply: FastifyReply, problem: PushProblem | "invalid" | "unknownService", host = "") {
    const { viewer, isPartial } = reply.request;
    const { t } = viewer;
    const message = t(`push.problem.${problem}`, { host, maxChannels: MAX_OWN_CHANNELS });
    // For the browser 409 means that another subscription would be taken.
    reply.code(problem === "spent" ? 409 : 422);
    if (!isPartial) return await reply.page("errors/page", { title: t("push.title"), message });
    const part = app.renderFragment("errors/_message", viewer, { message });
    return reply.type("text/html; charset=utf-8").send(part);
  }
}
