const MAX_NAME_CHARACTERS = 40;
/** What no file system of Windows takes, and what cannot be seen. */
const FORBIDDEN = /[<>:"/\\|?*\p{C}]+/gu;
/** Devices of Windows, whatever extension follows. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;
const OUTER_DOTS_AND_SPACES = /^[. ]+|[. ]+$/g;

/** A name of a folder that a person recognizes and that every file system takes, Windows shares too. */
export function safeName(text: string): string {
  const plain = text.normalize("NFC").replace(FORBIDDEN, " ").replace(/\s+/g, " ");
  const short = [...plain.replace(OUTER_DOTS_AND_SPACES, "")].slice(0, MAX_NAME_CHARACTERS).join("");
  const name = short.replace(OUTER_DOTS_AND_SPACES, "").replace(RESERVED, "$1_");
  return name === "" ? "_" : name;
}
