import type { Readable } from "node:stream";
import { plainLine } from "../plain-text.ts";
import type { HttpHeaders } from "./answer-failure.ts";

const MAX_BODY_BYTES = 8 * 1024;
/** It is an ornament: nobody waits long for it. */
const BODY_WITHIN_MS = 2_000;
const MAX_TEXT_CHARACTERS = 200;

/** An answer whose body has not been read. */
export interface UnreadAnswer {
  statusCode: number;
  statusText: string;
  headers: HttpHeaders;
  body: Readable;
}

/**
 * What an answer says, as one line: `200 OK: ticket 118`. Of the body the first line of text, or JSON as it is; a page for people says
 * nothing here. Never rejects: what there is of the body is enough.
 * @param hide for what the body may say.
 */
export async function answerLine(
  { statusCode, statusText, headers, body }: UnreadAnswer,
  hide: (text: string) => string,
): Promise<string> {
  const text = (await readStart(body)).trim();
  const isReadable = headers["content-encoding"] === undefined && !text.startsWith("<");
  const said = /^[{[]/.test(text) ? text : (text.split(/[\r\n]/)[0] ?? "");
  const line = isReadable ? hide(plainLine(said)).slice(0, MAX_TEXT_CHARACTERS) : "";
  const status = `${statusCode} ${plainLine(statusText)}`.trim();
  return line === "" ? status : `${status}: ${line}`;
}

async function readStart(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), BODY_WITHIN_MS);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_BODY_BYTES) break;
    }
  } catch {
    // It broke off, or took too long: the status is there.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString("utf8", 0, MAX_BODY_BYTES);
}
