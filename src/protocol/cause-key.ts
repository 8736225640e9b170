const MAX_LENGTH = 160;

/** One key for the same cause on many POS servers: times, addresses, ids, numbers and quoted names become `#`. */
export function causeKey(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/«[^»]*»|“[^”]*”|„[^“]*“|"[^"]*"|'[^']*'|`[^`]*`/g, "#")
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/g, "#")
    .replace(/\b(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?/g, "#")
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "#")
    .replace(/\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{6,}\b/g, "#")
    .replace(/\d+/g, "#")
    .replace(/#(?:\s*[.,:/_+-]\s*#)+/g, "#")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_LENGTH);
}
