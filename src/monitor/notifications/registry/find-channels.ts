import type { ExpressionBuilder } from "kysely";
import { parseJson } from "../../../protocol/parse-json.ts";
import type { Database, Db } from "../../database/schema.ts";
import { sortText } from "../../database/text.ts";
import { CHANNEL_KINDS, type ChannelKind } from "../channels/channel.ts";
import type { Channel } from "./channel.ts";

/** Who asks for channels: everybody sees their own, administrators those of all too. */
export interface ChannelUser {
  id: number;
  isAdministrator: boolean;
}

/** Lists the channels that somebody may see, by kind and name. */
export async function listChannels(db: Db, user: ChannelUser): Promise<Channel[]> {
  const rows = await selectChannels(db).where(isSeenBy(user)).execute();
  return inOrder(rows.map(channelOf));
}

/** Finds a channel that somebody may see; null = there is none, or it is none of theirs. */
export async function findChannel(db: Db, user: ChannelUser, id: number): Promise<Channel | null> {
  const row = await selectChannels(db).where("channel.id", "=", id).where(isSeenBy(user)).executeTakeFirst();
  return row ? channelOf(row) : null;
}

/** The secrets of a channel as they are stored; null = it has none of its own. */
export async function findSealedSecrets(db: Db, id: number): Promise<Uint8Array | null> {
  const row = await db.selectFrom("channel").select("secrets").where("id", "=", id).executeTakeFirst();
  return row?.secrets ?? null;
}

/** A channel of all by whose server those of single people can be told. */
export interface SharedServer {
  id: number;
  name: string;
  isEnabled: boolean;
  isFailing: boolean;
}

/** Lists them by name, those that fail last, whoever asks. */
export async function listSharedServers(
  db: Db,
  kind: Exclude<ChannelKind, "webhook">,
): Promise<SharedServer[]> {
  const rows = await db
    .selectFrom("channel")
    .select(["id", "name", "is_enabled", "failing_since"])
    .where("kind", "=", kind)
    .where("user_id", "is", null)
    .execute();
  return rows
    .map(({ is_enabled, failing_since, ...row }) => ({
      ...row,
      isEnabled: is_enabled === 1,
      isFailing: failing_since !== null,
    }))
    .sort((one, other) => Number(one.isFailing) - Number(other.isFailing) || byName(one, other));
}

/** Lists the other channels of whose this one is: those that can be told when nobody takes care of something. */
export async function listOthers(
  db: Db,
  { id, ownerId }: Pick<Channel, "id" | "ownerId">,
): Promise<Pick<Channel, "id" | "name" | "isEnabled">[]> {
  const rows = await db
    .selectFrom("channel")
    .select(["id", "name", "is_enabled"])
    .where("user_id", "is", ownerId)
    .where("id", "!=", id)
    .execute();
  return rows.map(({ is_enabled, ...row }) => ({ ...row, isEnabled: is_enabled === 1 })).sort(byName);
}

/** Counts the channels of single people that use the server of this one. */
export async function countBelow(db: Db, id: number): Promise<number> {
  const { channels } = await db
    .selectFrom("channel")
    .select(({ fn }) => fn.countAll<number>().as("channels"))
    .where("via_id", "=", id)
    .executeTakeFirstOrThrow();
  return channels;
}

/** What depends on a channel: whose channels use its server, and which other channels tell it what nobody takes care of. */
export async function findDependents(db: Db, id: number) {
  const people = await db
    .selectFrom("channel")
    .innerJoin("user", "user.id", "channel.user_id")
    .select("user.name")
    .distinct()
    .where("via_id", "=", id)
    .execute();
  const channels = await db
    .selectFrom("telling_rule")
    .innerJoin("channel", "channel.id", "telling_rule.channel_id")
    .select("channel.name")
    .distinct()
    .where("escalate_channel_id", "=", id)
    .execute();
  const namesOf = (rows: { name: string }[]) => rows.map(({ name }) => name).sort();
  return { below: await countBelow(db, id), people: namesOf(people), escalating: namesOf(channels) };
}

type ChannelRow = Awaited<ReturnType<ReturnType<typeof selectChannels>["executeTakeFirstOrThrow"]>>;

function selectChannels(db: Db) {
  return db
    .selectFrom("channel")
    .leftJoin("channel as via", "via.id", "channel.via_id")
    .select(["channel.id", "channel.kind", "channel.name", "channel.user_id", "channel.via_id"])
    .select(["channel.settings", "channel.language", "channel.time_zone", "channel.is_enabled"])
    .select(["channel.failing_since", "channel.failure_code", "channel.failure_detail"])
    .select(["channel.delivered_at", "via.name as via_name", "via.is_enabled as is_via_enabled"])
    .select(({ selectFrom }) =>
      selectFrom("telling_rule")
        .select(({ fn }) => fn.countAll<number>().as("rules"))
        .whereRef("telling_rule.channel_id", "=", "channel.id")
        .as("rules"),
    );
}

function isSeenBy({ id, isAdministrator }: ChannelUser) {
  return ({ eb, or }: ExpressionBuilder<Database, "channel">) =>
    or([eb("channel.user_id", "=", id), ...(isAdministrator ? [eb("channel.user_id", "is", null)] : [])]);
}

function channelOf(row: ChannelRow): Channel {
  const { failing_since: since, failure_code: failure, failure_detail: detail } = row;
  return {
    ...{ id: row.id, kind: row.kind, name: row.name, ownerId: row.user_id },
    settings: parseJson(row.settings) as object,
    via:
      row.via_id === null
        ? null
        : { id: row.via_id, name: row.via_name ?? "", isEnabled: row.is_via_enabled === 1 },
    ...{ language: row.language, timeZone: row.time_zone },
    isEnabled: row.is_enabled === 1,
    failed: failure === null ? null : { since, failure, detail: detail ?? "" },
    deliveredAt: row.delivered_at,
    rules: row.rules ?? 0,
  };
}

function inOrder(channels: Channel[]): Channel[] {
  const placeOfKind = ({ kind }: Channel) => CHANNEL_KINDS.indexOf(kind);
  return channels.sort((one, other) => placeOfKind(one) - placeOfKind(other) || byName(one, other));
}

function byName(one: { id: number; name: string }, other: { id: number; name: string }): number {
  const [first, second] = [sortText(one.name), sortText(other.name)];
  if (first === second) return one.id - other.id;
  return first < second ? -1 : 1;
}
