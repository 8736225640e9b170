import { encodeExtended, format } from "content-disposition";
import type { StoredArchive } from "./store/find-archive.ts";
import { safeName } from "./store/paths.ts";

type Named = Pick<StoredArchive, "organizationName" | "posServerName" | "day" | "number">;

/** `ООО «Вкусный дом» – Тверская, 12 – 2026-11-24.zip` */
export function downloadName({ organizationName, posServerName, day, number }: Named): string {
  const date = number > 1 ? `${day} (${number})` : day;
  return `${[safeName(organizationName), safeName(posServerName), date].join(" – ")}.zip`;
}

/** Of all archives of a request. */
export function downloadNameOfAll(archives: readonly [Named, ...Named[]]): string {
  const days = archives.map(({ day }) => day).sort();
  return downloadName({ ...archives[0], day: [...new Set([days[0], days.at(-1)])].join("–"), number: 1 });
}

/**
 * Makes a browser save an answer under a name. Browsers read the encoded name, curl the plain one in raw UTF-8. Set it
 * before the length: after that Node.js encodes it as Latin-1 and breaks it.
 */
export function savedAs(name: string): string {
  const filename = Buffer.from(name).toString("latin1");
  return format({ type: "attachment", parameters: { filename, "filename*": encodeExtended(name) } });
}
