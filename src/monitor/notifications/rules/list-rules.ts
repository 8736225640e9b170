import type { Selectable } from "kysely";
import { parseJson } from "../../../protocol/parse-json.ts";
import type { Db } from "../../database/schema.ts";
import type { TellingRuleTable } from "../../database/tables/notification-tables.ts";
import type { PosServerState } from "../../fleet/state.ts";
import { bothOf, type OrganizationAccess } from "../../viewer/access.ts";
import { findOrganizationAccess } from "../../viewer/rights.ts";
import type { ChannelKind } from "../channels/channel.ts";
import type { Rule } from "./rule.ts";

/** A rule of a channel that is switched on; its organizations are those that the owner of the channel may see now. */
export interface ActiveRule extends Rule {
  channel: { kind: ChannelKind; timeZone: string };
}

/** Lists the rules of a channel as they were saved, oldest first. */
export async function listRules(db: Db, channelId: number): Promise<Rule[]> {
  const rows = await db
    .selectFrom("telling_rule")
    .selectAll()
    .where("channel_id", "=", channelId)
    .orderBy("id")
    .execute();
  const organizations = await readOrganizations(db);
  return rows.map((row) => ruleOf(row, organizations));
}

/** Lists the rules of all channels that are switched on, oldest first; those of blocked people are none. */
export async function listActiveRules(db: Db): Promise<ActiveRule[]> {
  const rows = await db
    .selectFrom("telling_rule")
    .innerJoin("channel", "channel.id", "telling_rule.channel_id")
    .selectAll("telling_rule")
    .select(["channel.kind", "channel.time_zone as timeZone", "channel.user_id as userId"])
    .where("channel.is_enabled", "=", 1)
    .orderBy("telling_rule.id")
    .execute();
  const organizations = await readOrganizations(db);
  const access = await readAccess(
    db,
    rows.flatMap(({ userId }) => userId ?? []),
  );
  return rows.map(({ kind, timeZone, userId, ...row }) => {
    const rule = ruleOf(row, organizations);
    const mayBeTold = userId === null ? "all" : (access.get(userId) ?? []);
    return {
      ...rule,
      organizations: bothOf(rule.organizations, mayBeTold),
      channel: { kind, timeZone },
    };
  });
}

async function readOrganizations(db: Db): Promise<Map<number, number[]>> {
  const rows = await db
    .selectFrom("telling_rule_organization")
    .select(["rule_id as ruleId", "organization_id as organizationId"])
    .execute();
  const byRule = Map.groupBy(rows, ({ ruleId }) => ruleId);
  return new Map([...byRule].map(([id, of]) => [id, of.map(({ organizationId }) => organizationId)]));
}

/** What people may see who are not blocked, by their ids. */
async function readAccess(db: Db, userIds: readonly number[]): Promise<Map<number, OrganizationAccess>> {
  const access = new Map<number, OrganizationAccess>();
  if (userIds.length === 0) return access;
  const users = await db
    .selectFrom("user")
    .select(["id", "is_administrator", "has_all_organizations"])
    .where("id", "in", userIds)
    .where("is_blocked", "=", 0)
    .execute();
  for (const { id, is_administrator, has_all_organizations } of users) {
    const isAdministrator = is_administrator === 1;
    const hasAllOrganizations = has_all_organizations === 1;
    access.set(id, await findOrganizationAccess(db, { id, isAdministrator, hasAllOrganizations }));
  }
  return access;
}

function ruleOf(row: Selectable<TellingRuleTable>, organizations: ReadonlyMap<number, number[]>): Rule {
  const { quiet_from: from, quiet_to: to, escalate_ms: afterMs, escalate_channel_id: channelId } = row;
  return {
    id: row.id,
    channelId: row.channel_id,
    organizations: row.has_all_organizations === 1 ? "all" : (organizations.get(row.id) ?? []),
    tags: parseJson(row.tags) as string[],
    states: parseJson(row.states) as PosServerState[],
    afterMs: row.after_ms,
    isCommonAtOnce: row.is_common_at_once === 1,
    quietHours: from === null || to === null ? null : { from, to },
    repeatMs: row.repeat_ms,
    escalation: afterMs === null || channelId === null ? null : { afterMs, channelId },
  };
}
