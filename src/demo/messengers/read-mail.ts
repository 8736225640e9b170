export interface Mail {
  /** By name in lower case, decoded; the last of each name. */
  headers: Record<string, string>;
  /** null = no plain text. */
  text: string | null;
  html: string | null;
}

interface Entity {
  headers: Record<string, string>;
  body: string;
}

const HEADER = /^([!-9;-~]+):[ \t]*(.*)$/;
const ENCODED_WORD = /=\?([^?]+)\?([bq])\?([^?]*)\?=/gi;
/** White space between encoded words does not count. */
const BETWEEN_ENCODED_WORDS = /(\?=)\s+(?==\?)/g;
const MAX_LEVELS = 4;

/** Reads a mail as nodemailer writes it: parts in UTF-8, quoted-printable or base64; skips everything else. */
export function readMail(raw: Buffer): Mail {
  const entity = readEntity(raw.toString("latin1"));
  const bodies = bodiesOf(entity, MAX_LEVELS);
  const headers = Object.entries(entity.headers).map(([name, value]) => [name, decodeWords(value)]);
  return {
    headers: Object.fromEntries(headers),
    text: bodies.find(({ type }) => type === "text/plain")?.content ?? null,
    html: bodies.find(({ type }) => type === "text/html")?.content ?? null,
  };
}

function readEntity(raw: string): Entity {
  const end = raw.indexOf("\r\n\r\n");
  const head = end === -1 ? raw : raw.slice(0, end);
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const [, name, value = ""] = HEADER.exec(line) ?? [];
    if (name) headers[name.toLowerCase()] = value;
  }
  return { headers, body: end === -1 ? "" : raw.slice(end + 4) };
}

function bodiesOf({ headers, body }: Entity, levels: number): { type: string; content: string }[] {
  const contentType = headers["content-type"] ?? "text/plain";
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (!type.startsWith("multipart/") || !boundary) {
    return [{ type, content: decodeBody(body, headers["content-transfer-encoding"] ?? "7bit") }];
  }
  if (levels === 0) return [];
  const parts = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
  return parts.flatMap((part) => bodiesOf(readEntity(part.replace(/^[ \t]*\r\n/, "")), levels - 1));
}

function decodeBody(body: string, encoding: string): string {
  const text = decodeBytes(body, encoding.trim().toLowerCase()).toString("utf8");
  return text.replaceAll("\r\n", "\n");
}

function decodeBytes(body: string, encoding: string): Buffer {
  if (encoding === "base64") return Buffer.from(body, "base64");
  if (encoding !== "quoted-printable") return Buffer.from(body, "latin1");
  return quotedBytes(body.replace(/=[ \t]*\r\n/g, ""));
}

function decodeWords(value: string): string {
  const utf8 = Buffer.from(value, "latin1").toString("utf8");
  // Words are joined first, since a character may be divided between two.
  return utf8.replace(BETWEEN_ENCODED_WORDS, "$1").replace(/(?:=\?[^?]+\?[bq]\?[^?]*\?=)+/gi, (words) => {
    const bytes = [...words.matchAll(ENCODED_WORD)].map(([, , encoding = "", word = ""]) =>
      encoding.toLowerCase() === "b" ? Buffer.from(word, "base64") : quotedBytes(word.replaceAll("_", " ")),
    );
    return Buffer.concat(bytes).toString("utf8");
  });
}

function quotedBytes(text: string): Buffer {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}
