import { sql } from "kysely";
import { parseJson } from "../../../protocol/parse-json.ts";
import type { Db } from "../../database/schema.ts";
import { bothOf, type OrganizationAccess } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";
import type { Rule, RuleTerms } from "./rule.ts";

/** The channel to which a stored rule escalates, which may be gone. */
export const ESCALATION_CHANNEL = sql<number | null>`terms ->> '$.escalation.channelId'`;

/** Lists the rules of a channel as they were saved, oldest first; without an escalation to a channel that is gone. */
export async function listRules(db: Db, channelId: number): Promise<Rule[]> {
  return (await selectRules(db).where("channel_id", "=", channelId).execute()).map(ruleOf);
}

/** A rule of a channel that is switched on. */
export type ActiveRule = Awaited<ReturnType<typeof listActiveRules>>[number];

/**
 * Lists the rules of all channels that are switched on, oldest first. Their organizations are those that the owner of the channel may see
 * now: none for a person who is blocked.
 */
export async function listActiveRules(db: Db) {
  const rows = await selectRules(db)
    .innerJoin("channel", "channel.id", "telling_rule.channel_id")
    .select(["channel.time_zone as timeZone", "channel.user_id as ownerId"])
    .where("channel.is_enabled", "=", 1)
    .execute();
  const access = new Map<number | null, OrganizationAccess>([[null, "all"]]);
  for (const { ownerId } of rows)
    if (!access.has(ownerId)) access.set(ownerId, await findAccessOf(db, ownerId));
  return rows.map((row) => {
    const rule = ruleOf(row);
    const organizations = bothOf(rule.organizations, access.get(row.ownerId) ?? []);
    return { ...rule, organizations, channel: { timeZone: row.timeZone } };
  });
}

function selectRules(db: Db) {
  return db
    .selectFrom("telling_rule")
    .select(["telling_rule.id", "channel_id as channelId", "terms"])
    .select(({ selectFrom }) =>
      selectFrom("channel as other")
        .select("other.id")
        .where("other.id", "=", ESCALATION_CHANNEL)
        .as("otherId"),
    )
    .orderBy("telling_rule.id");
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRules>["executeTakeFirstOrThrow"]>>;

function ruleOf({ id, channelId, terms, otherId }: Row): Rule {
  const stored = parseJson(terms) as RuleTerms;
  return { id, channelId, ...stored, escalation: otherId === null ? null : stored.escalation };
}
