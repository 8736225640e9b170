import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Updateable } from "kysely";
import {
  type AuditDetailPart,
  CHANNEL_FIELDS,
  type ChannelField,
  type ChannelSecret,
  type RecordedValue,
} from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import type { ChannelTable } from "../../database/tables/notification-tables.ts";
import { searchText } from "../../database/text.ts";
import { inTransaction } from "../../database/transaction.ts";
import { queueAllIncidents } from "../../restaurants/queue-changes.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { Language } from "../../viewer/language.ts";
import type { Typed } from "../channels/form.ts";
import type { ChannelKind } from "../channels/kind.ts";
import { DEFAULT_TERMS } from "../rules/rule.ts";
import { knownSecrets } from "../sending/open-channel.ts";
import { type Channel, readChannels } from "./find-channels.ts";
import { insertRule } from "./rules.ts";

export const MAX_SHARED_CHANNELS = 20;
export const MAX_OWN_CHANNELS = 5;
export const MAX_CHANNEL_NAME_LENGTH = 80;
const SHOWN_HASH_CHARACTERS = 12;

/** `viaId`: null = it has a server of its own; `secrets`: those left out stay as they are, null = those of another channel. */
export interface WantedChannel {
  kind: ChannelKind;
  name: string;
  language: Language;
  timeZone: string;
  /** Whether its messages have lines of logs; left out = they do not. */
  sendsLogLines?: boolean;
  settings: Typed;
  viaId: number | null;
  secrets: Typed | null;
}

/** `ownerId`: null = shared; `hasDefaultRule`: whether it gets a rule with the default terms. */
export interface NewChannel extends WantedChannel {
  ownerId: number | null;
  hasDefaultRule: boolean;
}

/** Why a channel cannot be saved; `noVia`: the channel whose server it uses is gone. */
export type ChannelProblem = "nameTaken" | "tooMany" | "noVia";

/** The secrets have to be complete. @returns the channel's id, or why it was not created. */
export async function createChannel(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  { ownerId, hasDefaultRule, ...wanted }: NewChannel,
  now: number,
): Promise<number | ChannelProblem> {
  return await inTransaction(db, async (trx) => {
    const problem = await findProblem(trx, wanted, ownerId);
    if (problem) return problem;
    const { kind, secrets } = wanted;
    const { id } = await trx
      .insertInto("channel")
      .values({
        kind,
        userId: ownerId,
        createdAt: now,
        ...columnsOf(wanted),
        secrets: secrets && secretBox.seal(JSON.stringify(secrets)),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const made = await find(trx, id);
    const detail = made ? describe(made) : [];
    if (hasDefaultRule) {
      await insertRule(trx, id, DEFAULT_TERMS, now);
      detail.push({ key: "ruleOfDefault", values: {} });
    }
    await recordEvent(trx, actor, { action: "channel_create", subject: wanted.name, detail }, now);
    await queueAllIncidents(trx);
    return id;
  });
}

/** Waiting messages are tried again at once. */
export async function changeChannel(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  { id, ownerId }: Pick<Channel, "id" | "ownerId">,
  wanted: WantedChannel,
  now: number,
) {
  return await inTransaction(db, async (trx): Promise<"saved" | "gone" | ChannelProblem> => {
    const problem = await findProblem(trx, wanted, ownerId, id);
    if (problem) return problem;
    // Without readable secrets the form has asked for all of them.
    const known = (await knownSecrets(trx, secretBox, id)) ?? {};
    const secrets = { ...known, ...wanted.secrets };
    const names = Object.keys(secrets) as ChannelSecret[];
    const replaced = names.filter((name) => secrets[name] !== known[name]);
    const sealed = replaced.length > 0 && { secrets: secretBox.seal(JSON.stringify(secrets)) };
    const columns = { ...columnsOf(wanted), ...sealed };
    return (await update(trx, actor, id, { columns, replaced }, now)) ? "saved" : "gone";
  });
}

export async function switchChannel(db: Db, actor: Actor, id: number, isEnabled: boolean, now: number) {
  const change = { columns: { isEnabled: Number(isEnabled) }, replaced: [] };
  await inTransaction(db, (trx) => update(trx, actor, id, change, now));
}

/** Removes a channel with its rules, and own channels that use its server. @returns false when it is gone already. */
export async function removeChannel(db: Db, actor: Actor, { id }: Pick<Channel, "id">, now: number) {
  return await inTransaction(db, async (trx) => {
    const channel = await find(trx, id);
    if (!channel) return false;
    const { name: subject, below } = channel;
    const detail = describe(channel);
    if (below > 0) detail.push({ key: "channelsBelow", values: { count: below } });
    await trx.deleteFrom("channel").where("id", "=", id).execute();
    await recordEvent(trx, actor, { action: "channel_remove", subject, detail }, now);
    await queueAllIncidents(trx);
    return true;
  });
}

async function find(trx: Db, id: number): Promise<Channel | undefined> {
  return (await readChannels(trx)).find((channel) => channel.id === id);
}

function columnsOf({ name, language, timeZone, viaId, sendsLogLines = false, settings }: WantedChannel) {
  const stored = { sendsLogLines: Number(sendsLogLines), settings: JSON.stringify(settings) };
  return { name, language, timeZone, viaId, ...stored };
}

async function findProblem(trx: Db, wanted: WantedChannel, ownerId: number | null, id?: number) {
  const { kind, name, viaId } = wanted;
  const channels = await readChannels(trx);
  const others = channels.filter((other) => other.ownerId === ownerId && other.id !== id);
  const most = ownerId === null ? MAX_SHARED_CHANNELS : MAX_OWN_CHANNELS;
  if (id === undefined && others.length >= most) return "tooMany";
  if (others.some((other) => searchText(other.name) === searchText(name))) return "nameTaken";
  if (viaId === null) return null;
  const via = channels.find((other) => other.id === viaId);
  return via?.kind === kind && via.ownerId === null ? null : "noVia";
}

type Change = { columns: Updateable<ChannelTable>; replaced: readonly ChannelSecret[] };

/** Writes the columns, and records the change if there is one. @returns false when the channel is gone. */
async function update(trx: Db, actor: Actor, id: number, { columns, replaced }: Change, now: number) {
  const before = await find(trx, id);
  const changes = { ...columns, retryAt: null };
  await trx.updateTable("channel").set(changes).where("id", "=", id).execute();
  const after = await find(trx, id);
  if (!before || !after) return false;
  // Not every change has a detail in the audit log.
  if (isDeepStrictEqual(before, after) && replaced.length === 0) return true;
  const [known, wanted] = [recordedOf(before), recordedOf(after)];
  const detail = CHANNEL_FIELDS.flatMap((field): AuditDetailPart[] => {
    const values = { field, before: known[field], after: wanted[field] };
    return values.before === values.after ? [] : [{ key: "channelChange", values }];
  });
  for (const secret of replaced) detail.push({ key: "channelSecretReplaced", values: { secret } });
  await recordEvent(trx, actor, { action: "channel_change", subject: after.name, detail }, now);
  await queueAllIncidents(trx);
  return true;
}

function describe(channel: Channel): AuditDetailPart[] {
  const { to, chatId, url, host, baseUrl, via } = recordedOf(channel);
  const server = host ?? baseUrl;
  const parts: AuditDetailPart[] = [{ key: "channelKind", values: { kind: channel.kind } }];
  if (channel.ownerId !== null) parts.push({ key: "channelOwn", values: {} });
  parts.push({ key: "channelReach", values: { reach: String(to ?? chatId ?? url ?? "") } });
  if (via !== null) parts.push({ key: "channelVia", values: { name: String(via) } });
  if (server !== null) parts.push({ key: "channelServer", values: { server: String(server) } });
  return parts;
}

function recordedOf({ via, settings, ...channel }: Channel) {
  const values: Record<string, unknown> = { ...channel, ...settings, via: via?.name };
  const recorded = CHANNEL_FIELDS.map((field) => {
    const value = values[field] === "" ? null : (values[field] ?? null);
    return [field, value && SHORTENED.includes(field) ? shortened(String(value)) : value];
  });
  return Object.fromEntries(recorded) as Record<ChannelField, RecordedValue>;
}

/** Long texts, and addresses that are secrets, as anybody who knows them can write there. */
const SHORTENED: readonly ChannelField[] = ["authorities", "baseUrl", "url"];

/** The origin of an address, and the beginning of a hash if there is more. */
function shortened(text: string): string {
  const { origin = "" } = URL.parse(text) ?? {};
  if (text.replace(/\/$/, "") === origin) return origin;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, SHOWN_HASH_CHARACTERS);
  return `${origin} ${hash}`.trim();
}
