import { encodeExtended, format } from "content-disposition";
import { safeName } from "../store/safe-name.ts";

interface Downloaded {
  organizationName: string;
  posServerName: string;
  day: string;
  number: number;
}

/** The name under which a browser saves an archive: `ООО «Вкусный дом» – Тверская, 12 – 2026-11-24.zip`. */
export function downloadName({ organizationName, posServerName, day, number }: Downloaded): string {
  const date = number > 1 ? `${day} (${number})` : day;
  return `${[safeName(organizationName), safeName(posServerName), date].join(" – ")}.zip`;
}

/** Likewise for all archives of a request, which are listed newest first. */
export function downloadNameOfAll(archives: readonly [Downloaded, ...Downloaded[]]): string {
  const days = archives.map(({ day }) => day).sort();
  return downloadName({ ...archives[0], day: [...new Set([days[0], days.at(-1)])].join("–"), number: 1 });
}

/**
 * The header that makes a browser save an answer under a name. Browsers read the encoded one; curl reads the plain one,
 * as the bytes of UTF-8 that it is. Set it before the length: after that Node.js takes it for Latin-1 and breaks it.
 */
export function savedAs(name: string): string {
  const parameters = {
    filename: Buffer.from(name).toString("latin1"),
    "filename*": encodeExtended(name),
  };
  return format({ type: "attachment", parameters });
}
