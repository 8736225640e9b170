import type { AuditDetail } from "../audit-log/detail.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { searchText, sortText } from "../database/text.ts";
import { inTransaction } from "../database/transaction.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import { copyRegistry } from "./copy-registry.ts";
import type { NamedPosServer } from "./named-pos-server.ts";
import { findTagChange, type TagChange } from "./tag-names.ts";

/** A word that people have put on POS servers. */
export interface Tag {
  id: number;
  name: string;
}

/** The tags of these POS servers by their ids, each POS server's by name. */
export async function readTags(db: Db, posServerIds: readonly number[]): Promise<Map<number, Tag[]>> {
  if (posServerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("posServerTag")
    .innerJoin("tag", "tag.id", "posServerTag.tagId")
    .select(["posServerId", "tag.id", "tag.name"])
    .where("posServerId", "in", posServerIds)
    .execute();
  const tags = Map.groupBy(inOrder(rows), ({ posServerId }) => posServerId);
  return new Map(
    [...tags].map(([posServerId, ofIt]) => [posServerId, ofIt.map(({ id, name }) => ({ id, name }))]),
  );
}

/** The tags of POS servers that somebody is shown, by name: nobody learns what others call theirs. */
export async function listTags(db: Db, access: OrganizationAccess): Promise<Tag[]> {
  const rows = await db
    .selectFrom("tag")
    .select(["id", "name"])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("posServerTag")
          .innerJoin("posServer", "posServer.id", "posServerTag.posServerId")
          .innerJoin("organization", "organization.id", "posServer.organizationId")
          .select("tagId")
          .whereRef("tagId", "=", "tag.id")
          .where(isShownTo(access)),
      ),
    )
    .execute();
  return inOrder(rows);
}

function inOrder<Named extends { name: string }>(tags: Named[]): Named[] {
  return tags.sort((one, other) => (sortText(one.name) < sortText(other.name) ? -1 : 1));
}

/** Puts these tags on a POS server in place of those that it has, and removes those that nobody has any more. */
export async function changeTags(
  db: Db,
  actor: Actor,
  posServer: NamedPosServer,
  names: readonly string[],
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await replaceTags(trx, actor, posServer, names, now);
    await removeUnusedTags(trx);
  });
}

/** Puts these tags on a POS server in place of those that it has; the audit log has what has changed. */
export async function replaceTags(
  trx: Db,
  actor: Actor,
  { id: posServerId, name: subject, organizationId }: NamedPosServer,
  names: readonly string[],
  now: number,
): Promise<void> {
  const before = await readNames(trx, posServerId);
  if (!findTagChange(before, names)) return;
  await setTags(trx, posServerId, names);
  const change = findTagChange(before, await readNames(trx, posServerId));
  const detail = change ? partsOf(change) : [];
  await recordEvent(trx, actor, { action: "tags_change", subject, organizationId, posServerId, detail }, now);
}

async function readNames(db: Db, posServerId: number): Promise<string[]> {
  return (await readTags(db, [posServerId])).get(posServerId)?.map(({ name }) => name) ?? [];
}

function partsOf({ added, removed }: TagChange): AuditDetail {
  return [
    ...(added.length > 0 ? [{ key: "tagsAdded", values: { tags: added.join(", ") } } as const] : []),
    ...(removed.length > 0 ? [{ key: "tagsRemoved", values: { tags: removed.join(", ") } } as const] : []),
  ];
}

/** Writes the tags of a POS server; a tag keeps the spelling of whoever had it first. */
export async function setTags(trx: Db, posServerId: number, names: readonly string[]): Promise<void> {
  await trx.deleteFrom("posServerTag").where("posServerId", "=", posServerId).execute();
  if (names.length > 0) {
    const tags = names.map((name) => ({ name, nameSearch: searchText(name) }));
    await trx
      .insertInto("tag")
      .values(tags)
      .onConflict((conflict) => conflict.column("nameSearch").doNothing())
      .execute();
    await trx
      .insertInto("posServerTag")
      .columns(["posServerId", "tagId"])
      .expression((eb) =>
        eb
          .selectFrom("tag")
          .select([eb.val(posServerId).as("posServerId"), "tag.id as tagId"])
          .where(
            "nameSearch",
            "in",
            tags.map((tag) => tag.nameSearch),
          ),
      )
      .execute();
  }
  await copyRegistry(trx, [posServerId]);
}

/** Removes tags that no POS server has any more. */
export async function removeUnusedTags(trx: Db): Promise<void> {
  await trx
    .deleteFrom("tag")
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("posServerTag").select("tagId").whereRef("tagId", "=", "tag.id"))),
    )
    .execute();
}
