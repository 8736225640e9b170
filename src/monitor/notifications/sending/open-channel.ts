import type { Db } from "../../database/schema.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { BotConnection } from "../channels/bots/call-bot.ts";
import type { BotSecrets, BotSettings } from "../channels/bots/dialect.ts";
import { maxKind, telegramKind } from "../channels/bots/kind.ts";
import { emailKind } from "../channels/email/kind.ts";
import type { Typed } from "../channels/form.ts";
import { type ChannelKind, isMessenger, type Kind } from "../channels/kind.ts";
import { webhookKind } from "../channels/webhook/kind.ts";

export type OpenedChannel = NonNullable<Awaited<ReturnType<typeof openChannel>>>;

/** A channel with its server; null = there is none. @throws when its secrets cannot be opened. */
export async function openChannel(db: Db, secretBox: SecretBox, id: number) {
  const channel = await findRow(db, id);
  const by = channel && (channel.viaId === null ? channel : await findRow(db, channel.viaId));
  if (!by) return null;
  const { settings, secrets, sendsLogLines, isEnabled, ...named } = channel;
  return {
    ...named,
    sendsLogLines: sendsLogLines === 1,
    isEnabled: isEnabled === 1 && by.isEnabled === 1,
    settings: { ...JSON.parse(by.settings), ...JSON.parse(settings) } as Typed,
    secrets: openSecrets(secretBox, by.secrets),
  };
}

/** The bot of an opened channel; null = it has none. */
export function botOf({ kind, settings, secrets }: OpenedChannel): BotConnection | null {
  if (!isMessenger(kind)) return null;
  return { kind, settings: settings as BotSettings, secrets: secrets as BotSecrets };
}

/** null = the secrets cannot be opened. */
export async function knownSecrets(db: Db, secretBox: SecretBox, id: number): Promise<Typed | null> {
  const channel = await findRow(db, id);
  try {
    return openSecrets(secretBox, channel?.secrets ?? null);
  } catch {
    return null;
  }
}

function openSecrets(secretBox: SecretBox, sealed: Uint8Array | null): Typed {
  return sealed === null ? {} : JSON.parse(secretBox.open(sealed));
}

async function findRow(db: Db, id: number) {
  return await db
    .selectFrom("channel")
    .select(["id", "kind", "name", "userId", "viaId", "settings", "secrets"])
    .select(["language", "timeZone", "sendsLogLines", "isEnabled"])
    .where("id", "=", id)
    .executeTakeFirst();
}

/** To add a kind, make its folder, and name it here and in `CHANNEL_KINDS`. */
export const KINDS: Record<ChannelKind, Kind> = {
  email: emailKind,
  telegram: telegramKind,
  max: maxKind,
  webhook: webhookKind,
};
