import { visibleText } from "../../protocol/visible-text.ts";
import { searchText } from "../database/text.ts";

export const TAG_LIMITS = { length: 40, perPosServer: 20 } as const;

/** Why tags cannot be put on a POS server. */
export type TagProblem = { code: "tag_too_long"; tag: string } | { code: "too_many_tags" };

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

/** The names of tags that are put on and taken off. */
export interface TagChange {
  added: string[];
  removed: string[];
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
