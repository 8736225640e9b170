import type { FastifyInstance, FastifyRequest } from "fastify";
import { textFields } from "../../forms/fields.ts";
import type { WithId } from "../../forms/id.ts";
import { recordTest } from "../../notifications/registry/record-test.ts";
import { switchChannel } from "../../notifications/registry/switch-channel.ts";
import { createAttemptLimit } from "../../people/registry/attempt-limit.ts";
import { findAskedChannel } from "../asked/find-asked-channel.ts";
import { CHANNELS_URL, channelUrl } from "../words/addresses.ts";
import { CHANNEL_TOLD } from "../words/told.ts";

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
