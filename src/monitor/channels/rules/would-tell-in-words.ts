import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { RuleOwner } from "../../notifications/registry/admit-rule.ts";
import type { RuleTerms } from "../../notifications/rules/rule.ts";
import { countWouldTell } from "../../notifications/rules/would-tell.ts";
import { bothOf } from "../../viewer/access.ts";
import type { Viewer } from "../../viewer/viewer.ts";

/** Says of how many open incidents a rule would tell at `now` (ms UTC), as its owner may see them. @param terms null = they are wrong. */
export async function wouldTellInWords(
  db: Kysely<Database>,
  { t }: Pick<Viewer, "t">,
  { access }: RuleOwner,
  terms: RuleTerms | null,
  now: number,
): Promise<string> {
  if (!terms) return t("rule.wouldTell.wrong");
  const seen = { ...terms, organizations: bothOf(terms.organizations, access) };
  const { incidents, isMore } = await countWouldTell(db, seen, now);
  if (isMore) return t("rule.wouldTell.more", { count: incidents });
  return incidents === 0 ? t("rule.wouldTell.nothing") : t("rule.wouldTell.some", { count: incidents });
}
