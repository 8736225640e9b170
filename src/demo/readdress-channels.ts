import type { Kysely } from "kysely";
import type { Actor } from "../monitor/audit-log/record-event.ts";
import type { Database } from "../monitor/database/schema.ts";
import type { Channel, ChannelTerms } from "../monitor/notifications/registry/channel.ts";
import { changeChannel } from "../monitor/notifications/registry/save-channel.ts";
import type { SecretBox } from "../monitor/secrets/secret-box.ts";
import type { MessageServers } from "./receivers.ts";

/** Changes where the servers of channels are, and nothing else that somebody may have chosen meanwhile. */
export async function readdressChannels(
  db: Kysely<Database>,
  secretBox: SecretBox,
  actor: Actor,
  channels: readonly Channel[],
  servers: MessageServers,
  now: number,
): Promise<void> {
  for (const channel of channels) {
    const terms = readdressed(channel, servers);
    const { name, language, timeZone } = channel;
    if (terms) await changeChannel(db, secretBox, actor, channel, { name, language, timeZone, terms }, now);
  }
}

/** @returns null for a channel of another kind. */
function readdressed(channel: Channel, { smtpPort, telegramUrl }: MessageServers): ChannelTerms | null {
  if (channel.kind === "email" && channel.server) {
    const settings = { ...channel.server, ...channel.target, port: smtpPort };
    return { kind: "email", viaId: null, settings, secrets: {} };
  }
  if (channel.kind === "telegram" && channel.server) {
    const settings = { ...channel.server, ...channel.target, baseUrl: telegramUrl };
    return { kind: "telegram", viaId: null, settings, secrets: {} };
  }
  return null;
}
