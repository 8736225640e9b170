import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import { listOthers } from "../../notifications/registry/find-channels.ts";
import type { RuleNames } from "../words/rule-in-words.ts";
import type { AskedOwner } from "./find-asked-channel.ts";

/** Reads the names of what the rules of a channel are about, as far as its owner may see them. */
export async function readRuleNames(
  db: Kysely<Database>,
  { channel, access }: AskedOwner,
): Promise<RuleNames> {
  const byId = (named: readonly { id: number; name: string }[]) =>
    new Map(named.map(({ id, name }) => [id, name]));
  return {
    organizations: byId(await listOrganizations(db, access)),
    channels: new Map((await listOthers(db, channel)).map((other) => [other.id, other])),
  };
}
