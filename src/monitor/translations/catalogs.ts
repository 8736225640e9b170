import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Every text of the interface: a file for each room, their top-level keys side by side. */
export const ru = readCatalog("ru");
export const en = readCatalog("en");

function readCatalog(language: "ru" | "en"): Record<string, object> {
  const folder = join(import.meta.dirname, language);
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  return Object.assign({}, ...files.map((text) => JSON.parse(text)));
}
