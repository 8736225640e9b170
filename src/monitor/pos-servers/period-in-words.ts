import type { Viewer } from "../viewer/viewer.ts";
import type { Period } from "./filter.ts";

/** A period with a word that fits its number. @param key of the catalogs, which has a word for each unit. */
export function periodInWords({ t }: Pick<Viewer, "t">, key: string, { count, unit }: Period): string {
  return t(`${key}.${unit}`, { count });
}
