import type { Kysely, Selectable } from "kysely";
import type { Static, TSchema } from "typebox";
import Value from "typebox/value";
import { parseJson } from "../../../protocol/parse-json.ts";
import type { Database } from "../../database/schema.ts";
import type { ChannelTable } from "../../database/tables/notification-tables.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { Language } from "../../viewer/language.ts";
import type { ChannelKind } from "../channels/channel.ts";
import { EmailSecrets, EmailServer, EmailTarget } from "../channels/email/connection.ts";
import { MaxSecrets, MaxServer, MaxTarget } from "../channels/max/connection.ts";
import { PushSecrets, PushSender, PushTarget } from "../channels/push/connection.ts";
import { TelegramSecrets, TelegramServer, TelegramTarget } from "../channels/telegram/connection.ts";
import { WebhookSecrets, WebhookTarget } from "../channels/webhook/connection.ts";
import { readPushSender } from "./push-keys.ts";

/** By what and to whom something is sent. */
export type Connection =
  | { kind: "email"; server: EmailServer; target: EmailTarget; secrets: EmailSecrets }
  | { kind: "telegram"; server: TelegramServer; target: TelegramTarget; secrets: TelegramSecrets }
  | { kind: "max"; server: MaxServer; target: MaxTarget; secrets: MaxSecrets }
  | { kind: "webhook"; target: WebhookTarget; secrets: WebhookSecrets }
  | { kind: "push"; server: PushSender; target: PushTarget; secrets: PushSecrets };

/** A channel with all that it takes to send something. */
export interface OpenedChannel {
  id: number;
  kind: ChannelKind;
  name: string;
  /** Whose it is; null = of all. */
  userId: number | null;
  language: Language;
  timeZone: string;
  isEnabled: boolean;
  connection: Connection;
}

/**
 * Opens a channel: a personal one sends by the server of the one that it goes through. @returns null when it is not there.
 * @throws Error when its settings cannot be read, or were sealed with another key.
 */
export async function openChannel(
  db: Kysely<Database>,
  secretBox: SecretBox,
  id: number,
): Promise<OpenedChannel | null> {
  const channel = await findRow(db, id);
  if (!channel) return null;
  const by = channel.via_id === null ? channel : await findRow(db, channel.via_id);
  if (!by) return null;
  return {
    ...{ id, kind: channel.kind, name: channel.name, userId: channel.user_id },
    ...{ language: channel.language, timeZone: channel.time_zone },
    isEnabled: channel.is_enabled === 1 && by.is_enabled === 1,
    connection: connectionOf(channel.kind, {
      server: channel.kind === "push" ? await readPushSender(db, secretBox) : parseJson(by.settings),
      target: parseJson(channel.settings),
      secrets: by.secrets === null ? {} : parseJson(secretBox.open(by.secrets)),
    }),
  };
}

async function findRow(db: Kysely<Database>, id: number): Promise<Selectable<ChannelTable> | undefined> {
  return await db.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
}

interface Stored {
  server: unknown;
  target: unknown;
  secrets: unknown;
}

function connectionOf(kind: ChannelKind, { server, target, secrets }: Stored): Connection {
  if (kind === "email") {
    return {
      kind,
      server: read(EmailServer, server),
      target: read(EmailTarget, target),
      secrets: read(EmailSecrets, secrets),
    };
  }
  if (kind === "telegram") {
    return {
      kind,
      server: read(TelegramServer, server),
      target: read(TelegramTarget, target),
      secrets: read(TelegramSecrets, secrets),
    };
  }
  if (kind === "max") {
    return {
      kind,
      server: read(MaxServer, server),
      target: read(MaxTarget, target),
      secrets: read(MaxSecrets, secrets),
    };
  }
  if (kind === "push") {
    return {
      kind,
      server: read(PushSender, server),
      target: read(PushTarget, target),
      secrets: read(PushSecrets, secrets),
    };
  }
  return { kind, target: read(WebhookTarget, target), secrets: read(WebhookSecrets, secrets) };
}

/** Settings hold the server and the target side by side: each takes what is its own. */
function read<Schema extends TSchema>(schema: Schema, stored: unknown): Static<Schema> {
  const cleaned = Value.Clean(schema, structuredClone(stored));
  if (Value.Check(schema, cleaned)) return cleaned;
  const [problem] = Value.Errors(schema, cleaned);
  throw new Error(`The settings of a channel in the database cannot be read: ${problem?.message}`);
}
