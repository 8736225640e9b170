import type { Db } from "../../database/schema.ts";
import { sortText } from "../../database/text.ts";
import type { Typed } from "../channels/form.ts";
import { CHANNEL_KINDS, type ChannelKind } from "../channels/kind.ts";
import { ESCALATION_CHANNEL } from "../rules/rule.ts";

/** Everybody sees their own channels, administrators the shared ones too. */
export interface ChannelUser {
  id: number;
  isAdministrator: boolean;
}

/** Without its secrets; times in ms UTC. */
export type Channel = Awaited<ReturnType<typeof readChannels>>[number];

export function maySee({ id, isAdministrator }: ChannelUser, { ownerId }: Pick<Channel, "ownerId">): boolean {
  return ownerId === null ? isAdministrator : ownerId === id;
}

/** By kind and name. */
export async function listChannels(db: Db, user: ChannelUser): Promise<Channel[]> {
  return (await readChannels(db)).filter((channel) => maySee(user, channel));
}

export async function findChannel(db: Db, user: ChannelUser, id: number): Promise<Channel | null> {
  return (await listChannels(db, user)).find((channel) => channel.id === id) ?? null;
}

/** The shared channels whose server own channels can use; failing ones come last. */
export async function listSharedServers(db: Db, kind: Exclude<ChannelKind, "webhook">): Promise<Channel[]> {
  const isFailing = ({ failed }: Channel) => failed !== null && failed.since !== null;
  return (await readChannels(db))
    .filter((channel) => channel.kind === kind && channel.ownerId === null)
    .sort((one, other) => Number(isFailing(one)) - Number(isFailing(other)));
}

/** The other channels of the same owner, to which a rule can escalate. */
export async function listOthers(db: Db, { id, ownerId }: Pick<Channel, "id" | "ownerId">) {
  return (await readChannels(db)).filter((other) => other.ownerId === ownerId && other.id !== id);
}

/** What depends on a channel: people whose channels use its server, and channels that escalate to it. */
export async function findDependents(db: Db, id: number) {
  const channels = db.selectFrom("channel");
  const below = await channels
    .innerJoin("user", "user.id", "channel.userId")
    .select("user.name")
    .where("viaId", "=", id)
    .execute();
  const escalating = await channels
    .innerJoin("notificationRule", "notificationRule.channelId", "channel.id")
    .select("channel.name")
    .where(ESCALATION_CHANNEL, "=", id)
    .execute();
  const namesOf = (rows: { name: string }[]) => [...new Set(rows.map(({ name }) => name))].sort();
  return { below: below.length, people: namesOf(below), escalating: namesOf(escalating) };
}

/** By kind and name. */
export async function readChannels(db: Db) {
  const rows = await db
    .selectFrom("channel")
    .leftJoin("channel as via", "via.id", "channel.viaId")
    .select(["channel.id", "channel.kind", "channel.name", "channel.userId as ownerId"])
    .select(["channel.viaId", "via.name as viaName", "via.isEnabled as isViaEnabled"])
    .select(["channel.settings", "channel.language", "channel.timeZone"])
    .select(["channel.isEnabled", "channel.sendsLogLines", "channel.deliveredAt"])
    .select(["channel.failingSince as since", "channel.failureCode as failure"])
    .select("channel.failureDetail as detail")
    .select(({ selectFrom }) =>
      selectFrom("notificationRule")
        .select(({ fn }) => fn.countAll<number>().as("rules"))
        .whereRef("notificationRule.channelId", "=", "channel.id")
        .as("rules"),
    )
    .orderBy("channel.id")
    .execute();
  const channels = rows.map((row) => {
    const { viaId, viaName, isViaEnabled, since, failure, detail, ...channel } = row;
    return {
      ...channel,
      /** The shared channel whose server it uses; null = it has its own. */
      via: viaId === null ? null : { id: viaId, name: viaName ?? "", isEnabled: isViaEnabled === 1 },
      /** How many own channels use its server. */
      below: rows.filter((other) => other.viaId === row.id).length,
      /** The fields of server and target of its kind; only of the target when it uses another channel's server. */
      settings: JSON.parse(row.settings) as Typed,
      isEnabled: row.isEnabled === 1,
      sendsLogLines: row.sendsLogLines === 1,
      /** Why the last message was not sent; `since` when the channel counts as failing, null = not yet. */
      failed: failure === null ? null : { since, failure, detail: detail ?? "" },
      rules: row.rules ?? 0,
    };
  });
  const keyOf = ({ kind, name }: (typeof channels)[number]) =>
    `${CHANNEL_KINDS.indexOf(kind)} ${sortText(name)}`;
  return channels.sort((one, other) => Number(keyOf(one) > keyOf(other)) - Number(keyOf(one) < keyOf(other)));
}
