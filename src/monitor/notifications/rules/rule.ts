import { sql } from "kysely";
import { Temporal } from "temporal-polyfill";
import { parseJson } from "../../../protocol/parse-json.ts";
import { MINUTE_MS } from "../../../protocol/time-units.ts";
import type { Db } from "../../database/schema.ts";
import { DAY_MINUTES, momentOf } from "../../fleet/opening-hours/schedule.ts";
import { type PosServerState, PROBLEM_STATES } from "../../fleet/state.ts";
import { bothOf, findAccessOf, type OrganizationAccess } from "../../viewer/access.ts";

/** POS servers with any of the tags, or all when there are none. */
export interface Scope {
  organizations: OrganizationAccess;
  tags: readonly string[];
}

/** What a channel is notified of, and when, as it is stored; null = never. */
export interface RuleTerms extends Scope {
  states: readonly PosServerState[];
  /** How long an incident has to last first. */
  afterMs: number;
  /** Whether common incidents need not last. */
  isCommonAtOnce: boolean;
  quietHours: QuietHours | null;
  /** While nobody takes care of it. */
  repeatMs: number | null;
  escalation: Escalation | null;
}

export interface Rule extends RuleTerms {
  id: number;
  channelId: number;
}

/** Minutes of the day in the zone of the channel; may go on after midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

/** When nobody takes care of it for so long, another channel is notified too. */
export interface Escalation {
  afterMs: number;
  channelId: number;
}

export const DEFAULT_TERMS: RuleTerms = {
  organizations: "all",
  tags: [],
  states: PROBLEM_STATES,
  afterMs: 10 * MINUTE_MS,
  isCommonAtOnce: true,
  quietHours: null,
  repeatMs: null,
  escalation: null,
};

/** ms UTC; null = `now` is in no quiet hours. They may have begun the day before. */
export function quietUntil(quiet: QuietHours | null, timeZone: string, now: number): number | null {
  if (quiet === null || quiet.from === quiet.to) return null;
  const { from, to } = quiet;
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
  for (const days of [-1, 0]) {
    const day = today.add({ days }).toPlainDateTime();
    const at = (minutes: number) => momentOf(day.add({ minutes }), timeZone);
    const end = at(to < from ? to + DAY_MINUTES : to);
    if (at(from) <= now && now < end) return end;
  }
  return null;
}

export const ESCALATION_CHANNEL = sql<number | null>`terms ->> '$.escalation.channelId'`;

/** Oldest first; without escalations to channels that are gone. */
export async function listRules(db: Db, channelId: number): Promise<Rule[]> {
  return (await selectRules(db).where("channelId", "=", channelId).execute()).map(ruleOf);
}

export type ActiveRule = Awaited<ReturnType<typeof listActiveRules>>[number];

/** The rules of enabled channels, oldest first, limited to organizations that their owners may see now. */
export async function listActiveRules(db: Db) {
  const rows = await selectRules(db)
    .innerJoin("channel", "channel.id", "notificationRule.channelId")
    .select(["channel.timeZone", "channel.userId as ownerId"])
    .where("channel.isEnabled", "=", 1)
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
    .selectFrom("notificationRule")
    .select(["notificationRule.id", "channelId", "terms"])
    .select(({ selectFrom }) =>
      selectFrom("channel as other")
        .select("other.id")
        .where("other.id", "=", ESCALATION_CHANNEL)
        .as("otherId"),
    )
    .orderBy("notificationRule.id");
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRules>["executeTakeFirstOrThrow"]>>;

function ruleOf({ id, channelId, terms, otherId }: Row): Rule {
  const stored = parseJson(terms) as RuleTerms;
  return { id, channelId, ...stored, escalation: otherId === null ? null : stored.escalation };
}
