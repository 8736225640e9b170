import { visibleText } from "../../protocol/visible-text.ts";
import type { AuditDetailPart } from "../audit-log/detail.ts";
import { type Actor, type NamedPosServer, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { searchText, sortText } from "../database/text.ts";
import { inTransaction } from "../database/transaction.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import { copyRegistry } from "./copy-registry.ts";

export const TAG_LIMITS = { length: 40, perPosServer: 20 } as const;

/** Why tags cannot be put on a POS server. */
export type TagProblem = { code: "tag_too_long"; tag: string } | { code: "too_many_tags" };

/** The names of tags that are put on and taken off. */
export interface TagChange {
  added: string[];
  removed: string[];
}

export interface Tag {
  id: number;
  name: string;
}

/** Of these POS servers, by id; each one's by name. */
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

/** Of all POS servers that this viewer may see, by name. */
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

/** Also removes tags that are no longer used. */
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
  const { added = [], removed = [] } = findTagChange(before, await readNames(trx, posServerId)) ?? {};
  const detail: AuditDetailPart[] = [];
  if (added.length > 0) detail.push({ key: "tagsAdded", values: { tags: added.join(", ") } });
  if (removed.length > 0) detail.push({ key: "tagsRemoved", values: { tags: removed.join(", ") } });
  await recordEvent(trx, actor, { action: "tags_change", subject, organizationId, posServerId, detail }, now);
}

async function readNames(db: Db, posServerId: number): Promise<string[]> {
  return (await readTags(db, [posServerId])).get(posServerId)?.map(({ name }) => name) ?? [];
}

/** Existing tags keep their spelling. */
export async function setTags(trx: Db, posServerId: number, names: readonly string[]): Promise<void> {
  await trx.deleteFrom("posServerTag").where("posServerId", "=", posServerId).execute();
  if (names.length > 0) {
    const tags = names.map((name) => ({ name, nameSearch: searchText(name) }));
    await trx
      .insertInto("tag")
      .values(tags)
      .onConflict((conflict) => conflict.column("nameSearch").doNothing())
      .execute();
    const keys = tags.map(({ nameSearch }) => nameSearch);
    await trx
      .insertInto("posServerTag")
      .columns(["posServerId", "tagId"])
      .expression(({ selectFrom, val }) =>
        selectFrom("tag")
          .select([val(posServerId).as("posServerId"), "id"])
          .where("nameSearch", "in", keys),
      )
      .execute();
  }
  await copyRegistry(trx, [posServerId]);
}

export async function removeUnusedTags(trx: Db): Promise<void> {
  await trx
    .deleteFrom("tag")
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("posServerTag").select("tagId").whereRef("tagId", "=", "tag.id"))),
    )
    .execute();
}

/** Separated by commas, semicolons or lines; each once, in its first spelling. */
export function readTagNames(...texts: readonly string[]): string[] {
  const names = texts
    .flatMap((text) => text.split(/[,;\n]/))
    .map((name) => visibleText(name.replace(/\s+/g, " ").trim()))
    .filter((name) => name !== "");
  const byKey = new Map<string, string>();
  for (const name of names) {
    const key = searchText(name);
    if (!byKey.has(key)) byKey.set(key, name);
  }
  return [...byKey.values()];
}

/** @returns null when a POS server may have these tags. */
export function findTagProblem(names: readonly string[]): TagProblem | null {
  const tooLong = names.find((name) => name.length > TAG_LIMITS.length);
  if (tooLong !== undefined) return { code: "tag_too_long", tag: tooLong.slice(0, TAG_LIMITS.length) };
  return names.length > TAG_LIMITS.perPosServer ? { code: "too_many_tags" } : null;
}

/** @returns null when only order or letter case differ. */
export function findTagChange(before: readonly string[], after: readonly string[]): TagChange | null {
  const missingIn = (others: readonly string[]) => {
    const keys = new Set(others.map((name) => searchText(name)));
    return (name: string) => !keys.has(searchText(name));
  };
  const added = after.filter(missingIn(before));
  const removed = before.filter(missingIn(after));
  return added.length + removed.length > 0 ? { added, removed } : null;
}
