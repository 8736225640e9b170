import { randomBytes } from "node:crypto";

const MAX_NAME_CHARACTERS = 40;
/** Characters that Windows forbids in file names, and invisible ones. */
const FORBIDDEN = /[<>:"/\\|?*\p{C}]+/gu;
/** Device names of Windows, with any extension. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;
const OUTER_DOTS_AND_SPACES = /^[. ]+|[. ]+$/g;
export const PART_SUFFIX = ".part";

/** Organization, POS server and day. */
export const FOLDERS_OF_A_PATH = 3;
const FILE_NAME = /^pos-[a-z0-9-]+_(\d{1,15})-[0-9a-f]{8}\.zip(\.part)?$/;

/**
 * A new path, relative to ARCHIVE_DIR with `/`: `organization/POS server/day/name`. The name is unique each time: equal
 * folders, letter case, an older database over the same store, or two processes never lead to one file.
 */
export function newArchivePath(
  archive: NamedArchive & { archiveId: number; organizationName: string },
): string {
  const { organizationName, posServerName, day, archiveId } = archive;
  const own = `${archiveId}-${randomBytes(4).toString("hex")}`;
  const name = archiveName(archive).replace(/\.zip$/, `_${own}.zip`);
  return [safeName(organizationName), safeName(posServerName), day, name].join("/");
}

/** null when the store did not name it. */
export function readStoredName(name: string): { archiveId: number; isPart: boolean } | null {
  const match = name.match(FILE_NAME);
  return match ? { archiveId: Number(match[1]), isPart: match[2] !== undefined } : null;
}

interface NamedArchive {
  crmId: string;
  posServerName: string;
  /** `YYYY-MM-DD` */
  day: string;
  number: number;
}

/** In plain ASCII: `pos-100237-tverskaya-12-2026-11-24.zip`, the next one `…-24-2.zip`. */
export function archiveName({ crmId, posServerName, day, number }: NamedArchive): string {
  const parts = ["pos", slugOf(crmId), slugOf(posServerName), day, number > 1 ? String(number) : ""];
  return `${parts.filter((part) => part !== "").join("-")}.zip`;
}

const RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя";
const LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya".split(" ");

function slugOf(text: string): string {
  return [...text.normalize("NFC").toLowerCase()]
    .map((letter) => LATIN[RUSSIAN.indexOf(letter)] ?? letter)
    .join("")
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_NAME_CHARACTERS)
    .replace(/^-|-$/g, "");
}

/** A readable folder name that is valid in every file system, also on Windows shares. */
export function safeName(text: string): string {
  const plain = text.normalize("NFC").replace(FORBIDDEN, " ").replace(/\s+/g, " ");
  const short = [...plain.replace(OUTER_DOTS_AND_SPACES, "")].slice(0, MAX_NAME_CHARACTERS).join("");
  const name = short.replace(OUTER_DOTS_AND_SPACES, "").replace(RESERVED, "$1_");
  return name === "" ? "_" : name;
}
