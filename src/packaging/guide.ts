import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./project.ts";

interface Guide {
  title: string;
  /** How the commands are called. */
  call: string;
  [section: string]: string | { title: string; text: string };
}

/** What whoever has an archive reads first, Russian before English: the same as in «Справка». Lines end as Windows wants them. */
export function guideText(): string {
  const languages = ["ru", "en"].map((language) => {
    const file = join(PROJECT, "src/monitor/translations", language, "guide.json");
    const { title, call, ...sections }: Guide = JSON.parse(readFileSync(file, "utf8")).guide;
    const parts = Object.values(sections).flatMap((section) =>
      typeof section === "string" ? [] : [`${section.title}\n\n${section.text}`],
    );
    return [title.toUpperCase(), ...parts, call].join("\n\n\n");
  });
  return `\uFEFF${languages.join(`\n\n\n${"=".repeat(78)}\n\n`)}\n`.replaceAll("\n", "\r\n");
}
