import { parseJson } from "../../../protocol/parse-json.ts";
import type { Db } from "../../database/schema.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { maxKind, telegramKind } from "../channels/bots/kind.ts";
import { emailKind } from "../channels/email/kind.ts";
import { type AnyKind, type ChannelKind, readStored } from "../channels/kind.ts";
import { webhookKind } from "../channels/webhook/kind.ts";

export type OpenedChannel = NonNullable<Awaited<ReturnType<typeof openChannel>>>;

/** A channel with its server; null = there is none. @throws when its settings or secrets cannot be read. */
export async function openChannel(db: Db, secretBox: SecretBox, id: number) {
  const channel = await findRow(db, id);
  const by = channel && (channel.viaId === null ? channel : await findRow(db, channel.viaId));
  if (!by) return null;
  const { kind, name, userId, language, timeZone } = channel;
  const { server, target, secrets } = KINDS[kind].schemas;
  return {
    id,
    kind,
    name,
    userId,
    language,
    timeZone,
    sendsLogLines: channel.sendsLogLines === 1,
    isEnabled: channel.isEnabled === 1 && by.isEnabled === 1,
    connection: {
      kind,
      server: readStored(server, parseJson(by.settings)) as object,
      target: readStored(target, parseJson(channel.settings)) as object,
      secrets: readStored(secrets, openSecrets(secretBox, by.secrets)) as object,
    },
  };
}

/** null = the secrets cannot be opened. */
export async function knownSecrets(db: Db, secretBox: SecretBox, id: number): Promise<object | null> {
  const channel = await findRow(db, id);
  try {
    return openSecrets(secretBox, channel?.secrets ?? null);
  } catch {
    return null;
  }
}

function openSecrets(secretBox: SecretBox, sealed: Uint8Array | null): object {
  return sealed === null ? {} : (parseJson(secretBox.open(sealed)) as object);
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
export const KINDS: Record<ChannelKind, AnyKind> = {
  email: emailKind,
  telegram: telegramKind,
  max: maxKind,
  webhook: webhookKind,
};
