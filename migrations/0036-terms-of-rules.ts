import { type Kysely, sql } from "kysely";

const FORMER_COLUMNS = [
  ...["has_all_organizations", "tags", "states", "after_ms", "is_common_at_once", "quiet_from", "quiet_to"],
  ...["repeat_ms", "escalate_ms", "escalate_channel_id"],
];

/** What a rule says is one value in JSON, as the program reads and writes it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table telling_rule add column terms text not null default '{}'`.execute(db);
  await sql`
    update telling_rule set terms = json_object(
      'organizations', json(iif(has_all_organizations, '"all"', (
        select json_group_array(organization_id order by organization_id)
        from telling_rule_organization where rule_id = telling_rule.id))),
      'tags', json(tags),
      'states', json(states),
      'afterMs', after_ms,
      'isCommonAtOnce', json(iif(is_common_at_once, 'true', 'false')),
      'quietHours', json(iif(quiet_from is null or quiet_to is null, 'null',
        json_object('from', quiet_from, 'to', quiet_to))),
      'repeatMs', repeat_ms,
      'escalation', json(iif(escalate_ms is null or escalate_channel_id is null, 'null',
        json_object('afterMs', escalate_ms, 'channelId', escalate_channel_id))))`.execute(db);
  await sql`drop table telling_rule_organization`.execute(db);
  await sql`drop index telling_rule_escalates`.execute(db);
  for (const column of FORMER_COLUMNS)
    await sql`alter table telling_rule drop column ${sql.ref(column)}`.execute(db);
}
