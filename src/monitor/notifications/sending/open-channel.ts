import type { Selectable } from "kysely";
import { parseJson } from "../../../protocol/parse-json.ts";
import type { Db } from "../../database/schema.ts";
import type { ChannelTable } from "../../database/tables/notification-tables.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { Language } from "../../viewer/language.ts";
import type { ChannelKind } from "../channels/channel.ts";
import { readStored } from "../channels/kind.ts";
import { KINDS } from "./kinds.ts";
import { readPushSender } from "./push-keys.ts";

/** By what and to whom something is sent, as its kind has it. */
export interface Connection {
  kind: ChannelKind;
  server: object;
  target: object;
  secrets: object;
}

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
export async function openChannel(db: Db, secretBox: SecretBox, id: number): Promise<OpenedChannel | null> {
  const channel = await findRow(db, id);
  if (!channel) return null;
  const by = channel.via_id === null ? channel : await findRow(db, channel.via_id);
  if (!by) return null;
  const { kind } = channel;
  const { server, target, secrets } = KINDS[kind].schemas;
  const stored = kind === "push" ? await readPushSender(db, secretBox) : parseJson(by.settings);
  return {
    ...{ id, kind, name: channel.name, userId: channel.user_id },
    ...{ language: channel.language, timeZone: channel.time_zone },
    isEnabled: channel.is_enabled === 1 && by.is_enabled === 1,
    connection: {
      kind,
      server: readStored(server, stored) as object,
      target: readStored(target, parseJson(channel.settings)) as object,
      secrets: readStored(secrets, openSecrets(secretBox, by.secrets)) as object,
    },
  };
}

/** The secrets of a channel as they are stored; null = they cannot be opened. */
export function knownSecrets(secretBox: SecretBox, sealed: Uint8Array | null): object | null {
  try {
    return openSecrets(secretBox, sealed);
  } catch {
    return null;
  }
}

function openSecrets(secretBox: SecretBox, sealed: Uint8Array | null): object {
  return sealed === null ? {} : (parseJson(secretBox.open(sealed)) as object);
}

async function findRow(db: Db, id: number): Promise<Selectable<ChannelTable> | undefined> {
  return await db.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
}
