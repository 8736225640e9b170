import { BotCallError } from "./call-error.ts";

const SECOND_MS = 1_000;

/** Reads all of an answer. @throws BotCallError when it is longer than that. */
export async function readText(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes)
      throw new BotCallError("invalid_answer", `the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads `Retry-After` as far as it is a number of seconds. @returns ms, or null. */
export function readRetryAfter(header: string | string[] | undefined): number | null {
  return typeof header === "string" && /^\d{1,9}$/.test(header) ? Number(header) * SECOND_MS : null;
}
