import { isDeepStrictEqual } from "node:util";
import type { Kysely, Selectable } from "kysely";
import { parseJson } from "../../../protocol/parse-json.ts";
import type { ChannelSecret } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Database } from "../../database/schema.ts";
import type { ChannelTable } from "../../database/tables/notification-tables.ts";
import { inTransaction } from "../../database/transaction.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { knownSecrets } from "../sending/open-channel.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";
import { type ChannelProblem, findChannelProblem } from "./admit-channel.ts";
import type { Channel, WantedChannel } from "./channel.ts";
import { type DescribedChannel, describeChannel, describeChannelChange } from "./describe-channel.ts";
import { addDefaultRule } from "./rules.ts";

export interface NewChannel extends WantedChannel {
  /** Whose it is to be; null = of all. */
  ownerId: number | null;
  /** Whether it is told what channels are told unless somebody wants it otherwise. */
  hasDefaultRule: boolean;
}

/** Makes a channel; its secrets have to be complete. @returns its id. */
export async function createChannel(
  db: Kysely<Database>,
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
  db: Kysely<Database>,
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
  trx: Kysely<Database>,
  { name, language, timeZone, terms }: WantedChannel,
): Promise<DescribedChannel> {
  const { kind, viaId, settings } = terms;
  return { kind, name, language, timeZone, settings, viaName: await findName(trx, viaId) };
}

async function findName(trx: Kysely<Database>, id: number | null): Promise<string | null> {
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
