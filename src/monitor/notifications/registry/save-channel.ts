import { isDeepStrictEqual } from "node:util";
import type { Selectable } from "kysely";
import { parseJson } from "../../../protocol/parse-json.ts";
import {
  type AuditDetail,
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
import type { SecretBox } from "../../secrets/secret-box.ts";
import { KINDS } from "../sending/kinds.ts";
import { knownSecrets } from "../sending/open-channel.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";
import {
  type Channel,
  type ChannelTerms,
  MAX_OWN_CHANNELS,
  MAX_SHARED_CHANNELS,
  type WantedChannel,
} from "./channel.ts";
import { countBelow } from "./find-channels.ts";
import { addDefaultRule } from "./rules.ts";

export interface NewChannel extends WantedChannel {
  /** Whose it is to be; null = of all. */
  ownerId: number | null;
  /** Whether it is told what channels are told unless somebody wants it otherwise. */
  hasDefaultRule: boolean;
}

/** Makes a channel; its secrets have to be complete. @returns its id. */
export async function createChannel(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  { ownerId, hasDefaultRule, ...wanted }: NewChannel,
  now: number,
): Promise<{ ok: true; id: number } | { ok: false; problem: ChannelProblem }> {
  return await inTransaction(db, async (trx) => {
    const problem = await findChannelProblem(trx, ownerId, wanted, null);
    if (problem) return { ok: false, problem };
    const { secrets } = wanted.terms;
    const { id } = await trx
      .insertInto("channel")
      .values({
        ...{ kind: wanted.terms.kind, user_id: ownerId, created_at: now },
        ...columnsOf(wanted),
        secrets: secrets && secretBox.seal(JSON.stringify(secrets)),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const detail = [...describeChannel(await describedOf(trx, wanted), ownerId !== null)];
    if (hasDefaultRule) {
      await addDefaultRule(trx, id, now);
      detail.push({ key: "ruleOfDefault", values: {} });
    }
    await recordEvent(trx, actor, { action: "channel_create", subject: wanted.name, detail }, now);
    await lookAgainAtAll(trx);
    return { ok: true, id };
  });
}

/** Changes a channel; what waits for it is tried again at once. @returns null when it is gone. */
export async function changeChannel(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  { id, ownerId }: Pick<Channel, "id" | "ownerId">,
  wanted: WantedChannel,
  now: number,
): Promise<{ ok: true } | { ok: false; problem: ChannelProblem } | null> {
  return await inTransaction(db, async (trx) => {
    const row = await trx.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
    if (!row || row.kind !== wanted.terms.kind || (row.via_id === null) !== (wanted.terms.viaId === null))
      return null;
    const problem = await findChannelProblem(trx, ownerId, wanted, id);
    if (problem) return { ok: false, problem };
    const before = {
      ...{ kind: row.kind, name: row.name, language: row.language, timeZone: row.time_zone },
      settings: parseJson(row.settings) as object,
      viaName: await findName(trx, row.via_id),
    };
    // What cannot be opened any more is nothing: all of it is asked for then.
    const known: Secrets = knownSecrets(secretBox, row.secrets) ?? {};
    const { secrets, replaced } = mergeSecrets(known, wanted.terms.secrets);
    const detail = describeChannelChange(before, await describedOf(trx, wanted), replaced);
    if (detail.length === 0 && isStored(row, wanted)) return { ok: true };
    await trx
      .updateTable("channel")
      .set({
        ...columnsOf(wanted),
        ...(replaced.length > 0 && { secrets: secretBox.seal(JSON.stringify(secrets)) }),
        retry_at: null,
      })
      .where("id", "=", id)
      .execute();
    await recordEvent(trx, actor, { action: "channel_change", subject: wanted.name, detail }, now);
    await lookAgainAtAll(trx);
    return { ok: true };
  });
}

/** The audit log may say less of a change than there is to it. */
function isStored(row: Selectable<ChannelTable>, wanted: WantedChannel): boolean {
  const columns = columnsOf(wanted);
  return (
    row.via_id === columns.via_id && isDeepStrictEqual(parseJson(row.settings), parseJson(columns.settings))
  );
}

function columnsOf({ name, language, timeZone, terms }: WantedChannel) {
  const { viaId: via_id, settings } = terms;
  return { name, language, time_zone: timeZone, via_id, settings: JSON.stringify(settings) };
}

async function describedOf(
  trx: Db,
  { name, language, timeZone, terms }: WantedChannel,
): Promise<DescribedChannel> {
  const { kind, viaId, settings } = terms;
  return { kind, name, language, timeZone, settings, viaName: await findName(trx, viaId) };
}

async function findName(trx: Db, id: number | null): Promise<string | null> {
  if (id === null) return null;
  const row = await trx.selectFrom("channel").select("name").where("id", "=", id).executeTakeFirst();
  return row?.name ?? null;
}

type Secrets = Partial<Record<ChannelSecret, string>>;

function mergeSecrets(known: Secrets, wanted: Secrets | null) {
  const secrets = { ...known, ...wanted };
  const replaced = (Object.keys(secrets) as ChannelSecret[]).filter((name) => secrets[name] !== known[name]);
  return { secrets, replaced };
}

/** Why a channel cannot be saved: one of that name is there, there are enough, or the one that it goes through is not there. */
export type ChannelProblem = "nameTaken" | "tooMany" | "noVia";

/** Looks for what keeps a channel from being saved; null = nothing. @param id of one that is changed. */
async function findChannelProblem(
  trx: Db,
  ownerId: number | null,
  { name, terms }: WantedChannel,
  id: number | null,
): Promise<ChannelProblem | null> {
  const others = (
    await trx.selectFrom("channel").select(["id", "name"]).where("user_id", "is", ownerId).execute()
  ).filter((other) => other.id !== id);
  const most = ownerId === null ? MAX_SHARED_CHANNELS : MAX_OWN_CHANNELS;
  if (id === null && others.length >= most) return "tooMany";
  if (others.some((other) => searchText(other.name) === searchText(name))) return "nameTaken";
  return terms.viaId === null || (await isSharedServer(trx, terms)) ? null : "noVia";
}

async function isSharedServer(trx: Db, { viaId, kind }: ChannelTerms): Promise<boolean> {
  const via = await trx
    .selectFrom("channel")
    .select("id")
    .where("id", "=", viaId)
    .where("kind", "=", kind)
    .where("user_id", "is", null)
    .executeTakeFirst();
  return via !== undefined;
}

/** A channel as far as the audit log says what it was and is. */
interface DescribedChannel extends Pick<Channel, "kind" | "name" | "language" | "timeZone" | "settings"> {
  viaName: string | null;
}

/** Says what a channel is that was made or removed, for the audit log. */
function describeChannel(channel: DescribedChannel, isOwn: boolean): AuditDetail {
  const { kind, viaName } = channel;
  const { to, chatId, url, endpoint, host, baseUrl } = valuesOf(channel);
  return [
    { key: "channelKind", values: { kind } },
    ...(isOwn ? [{ key: "channelOwn", values: {} } as const] : []),
    { key: "channelReach", values: { reach: String(to ?? chatId ?? url ?? endpoint ?? "") } },
    ...(viaName === null ? [] : [{ key: "channelVia", values: { name: viaName } } as const]),
    ...[host ?? baseUrl ?? []].flat().map((server): AuditDetailPart => {
      return { key: "channelServer", values: { server: String(server) } };
    }),
  ];
}

/** Says what a change of a channel changed; empty when it changed nothing. @param replaced the secrets that are other ones now. */
function describeChannelChange(
  before: DescribedChannel,
  after: DescribedChannel,
  replaced: readonly ChannelSecret[],
): AuditDetail {
  const [known, wanted] = [valuesOf(before), valuesOf(after)];
  return [
    ...CHANNEL_FIELDS.flatMap((field): AuditDetailPart[] => {
      const values = { field, before: known[field] ?? null, after: wanted[field] ?? null };
      return values.before === values.after ? [] : [{ key: "channelChange", values }];
    }),
    ...replaced.map((secret): AuditDetailPart => ({ key: "channelSecretReplaced", values: { secret } })),
  ];
}

function valuesOf(channel: DescribedChannel): Partial<Record<ChannelField, RecordedValue>> {
  const { kind, name, language, timeZone, viaName, settings } = channel;
  const recorded = KINDS[kind].recorded(viaName === null ? settings : null, settings);
  return { name, via: viaName, ...recorded, language, timeZone };
}

/** Switches a channel on or off; one that is as it is wanted stays so. */
export async function switchChannel(
  db: Db,
  actor: Actor,
  { id, name: subject }: Pick<Channel, "id" | "name">,
  isEnabled: boolean,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("channel")
      .set({ is_enabled: Number(isEnabled), retry_at: null })
      .where("id", "=", id)
      .where("is_enabled", "!=", Number(isEnabled))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return;
    const values = { field: "isEnabled", before: !isEnabled, after: isEnabled } as const;
    const detail = [{ key: "channelChange", values } as const];
    await recordEvent(trx, actor, { action: "channel_change", subject, detail }, now);
    await lookAgainAtAll(trx);
  });
}

/** Removes a channel with its rules, and with those of single people that go through it. @returns false when it is gone already. */
export async function removeChannel(db: Db, actor: Actor, channel: Channel, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const { id, name: subject, ownerId, via } = channel;
    const below = await countBelow(trx, id);
    const { numDeletedRows } = await trx.deleteFrom("channel").where("id", "=", id).executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    const detail = [...describeChannel({ ...channel, viaName: via?.name ?? null }, ownerId !== null)];
    if (below > 0) detail.push({ key: "channelsBelow", values: { count: below } });
    await recordEvent(trx, actor, { action: "channel_remove", subject, detail }, now);
    await lookAgainAtAll(trx);
    return true;
  });
}
