import type { Static, TProperties, TSchema } from "typebox";
import type { Validator } from "typebox/compile";
import { CallError } from "./calls/call-error.ts";
import type { StreamedAnswer } from "./calls/streamed-answer.ts";
import { parseJsonBody } from "./parse-json-body.ts";

/**
 * Reads the whole body of an answer as JSON of a schema.
 * @throws CallError when it is too large, breaks off, or is something else.
 */
export async function readJson<T extends TSchema>(
  answer: StreamedAnswer,
  maxBytes: number,
  validator: Validator<TProperties, T>,
): Promise<Static<T>> {
  refuseEncoded(answer);
  const value = parseJsonBody(await readBody(answer, maxBytes));
  if (validator.Check(value)) return value;
  const [first] = validator.Errors(value);
  const detail = first ? `${first.instancePath || "/"} ${first.message}` : "does not match the schema";
  throw new CallError("invalid_report", detail);
}

/** Refuses an answer whose bytes are not what they stand for; nothing else was asked for. */
export function refuseEncoded({ headers, body }: StreamedAnswer): void {
  if ((headers["content-encoding"] ?? "identity") === "identity") return;
  body.destroy();
  throw new CallError("invalid_json", "compressed without being asked to");
}

/** Reads the whole body of an answer. */
export async function readBody({ headers, body }: StreamedAnswer, maxBytes: number): Promise<Buffer> {
  const declaredBytes = Number(headers["content-length"] ?? 0);
  if (declaredBytes > maxBytes) {
    body.destroy();
    throw new CallError("too_large", `body of ${declaredBytes} bytes`);
  }
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    receivedBytes += chunk.length;
    if (receivedBytes > maxBytes) throw new CallError("too_large", `body of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
