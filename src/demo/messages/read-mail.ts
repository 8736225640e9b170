export interface Mail {
  /** By name in lower case, decoded; the last of each name. */
  headers: Record<string, string>;
  /** null = no plain text. */
  text: string | null;
  html: string | null;
}

const HEADER = /^([!-9;-~]+):[ \t]*(.*)$/gm;
const ENCODED_WORDS = /(?:=\?utf-8\?[bq]\?[^?]*\?=)+/gi;
const ENCODED_WORD = /=\?utf-8\?([bq])\?([^?]*)\?=/gi;
/** White space between encoded words does not count. */
const BETWEEN_ENCODED_WORDS = /(\?=)\s+(?==\?)/g;

/** Reads a mail as nodemailer writes it: parts in UTF-8, quoted-printable or base64; skips everything else. */
export function readMail(raw: Buffer): Mail {
  const { headers, bodies } = readPart(raw.toString("latin1"));
  return { headers, text: bodies["text/plain"] ?? null, html: bodies["text/html"] ?? null };
}

/** @returns bodies by type: of a part that has others, theirs. */
function readPart(raw: string): { headers: Record<string, string>; bodies: Record<string, string> } {
  const [head = ""] = raw.split("\r\n\r\n", 1);
  const body = raw.slice(head.length + "\r\n\r\n".length);
  const headers: Record<string, string> = {};
  for (const [, name = "", value = ""] of head.replace(/\r\n[ \t]+/g, " ").matchAll(HEADER))
    headers[name.toLowerCase()] = decodeWords(value);
  const contentType = headers["content-type"] ?? "text/plain";
  const [type = ""] = contentType.split(";", 1);
  const [, boundary] = /boundary="(.+?)"/.exec(contentType) ?? [];
  if (!boundary)
    return { headers, bodies: { [type]: decodeBody(body, headers["content-transfer-encoding"]) } };
  const parts = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
  const bodies = parts.map((part) => readPart(part.replace("\r\n", "")).bodies);
  return { headers, bodies: Object.assign({}, ...bodies) };
}

function decodeBody(body: string, encoding = "7bit"): string {
  const isQuoted = encoding === "quoted-printable";
  const plain = Buffer.from(body, encoding === "base64" ? encoding : "latin1");
  const bytes = isQuoted ? quotedBytes(body.replaceAll("=\r\n", "")) : plain;
  return bytes.toString("utf8").replaceAll("\r\n", "\n");
}

function decodeWords(value: string): string {
  const utf8 = Buffer.from(value, "latin1").toString("utf8");
  // Words are joined first, since a character may be divided between two.
  return utf8.replace(BETWEEN_ENCODED_WORDS, "$1").replace(ENCODED_WORDS, (words) => {
    const bytes = [...words.matchAll(ENCODED_WORD)].map(([, encoding, word = ""]) =>
      encoding?.toLowerCase() === "b" ? Buffer.from(word, "base64") : quotedBytes(word.replaceAll("_", " ")),
    );
    return Buffer.concat(bytes).toString("utf8");
  });
}

function quotedBytes(text: string): Buffer {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}
