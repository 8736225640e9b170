import { searchText } from "../database/text.ts";
import type { Section } from "./sections.ts";

/** Leaves what has every word of a search, its section's own words included; an empty search finds all. */
export function findInSections(sections: readonly Section[], sought: string) {
  const words = searchText(sought).split(" ");
  const left = sections.map((section) => {
    const has = (...texts: (string | null)[]) => {
      const text = searchText(section.title, section.meaning, ...texts);
      return words.every((word) => text.includes(word));
    };
    return {
      ...section,
      texts: section.texts.filter((text) => has(text)),
      entries: section.entries.filter(({ title, lines, step }) =>
        has(title, step, ...lines.map(({ text }) => text)),
      ),
    };
  });
  const count = left.reduce((sum, { texts, entries }) => sum + texts.length + entries.length, 0);
  return { count, found: left.filter(({ texts, entries }) => texts.length + entries.length > 0) };
}
