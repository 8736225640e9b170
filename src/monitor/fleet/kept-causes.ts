import { hash } from "node:crypto";
import type { Db } from "../database/schema.ts";
import type { CauseInWords } from "../database/tables/status-tables.ts";
import { searchText } from "../database/text.ts";

/** Keeps each cause once, since a history has few that differ. @returns the rows with the ids of their causes; null = none. */
export async function keepCauses<Row extends CauseInWords>(trx: Db, rows: readonly Row[]) {
  const causes = new Map(
    rows.map(({ causeKey, detail }) => [digestOf(causeKey, detail), { causeKey, detail }]),
  );
  causes.delete(digestOf(null, null));
  const known = trx
    .selectFrom("cause")
    .select(["id", "digest"])
    .where("digest", "in", [...causes.keys()]);
  const ids = new Map((await known.execute()).map(({ id, digest }) => [digest, id]));
  const added = [...causes]
    .filter(([digest]) => !ids.has(digest))
    .map(([digest, cause]) => ({ ...cause, digest, search: searchText(cause.detail) }));
  if (added.length > 0) {
    const rowsAdded = await trx.insertInto("cause").values(added).returning(["id", "digest"]).execute();
    for (const { id, digest } of rowsAdded) ids.set(digest, id);
  }
  return rows.map(({ causeKey, detail, ...row }) => ({
    ...row,
    causeId: ids.get(digestOf(causeKey, detail)) ?? null,
  }));
}

function digestOf(...cause: (string | null)[]): string {
  return hash("sha1", JSON.stringify(cause), "base64url");
}
