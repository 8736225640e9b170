import { CallError } from "./calls/call-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws CallError `invalid_json` when a body is empty, not UTF-8 or not JSON. */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) throw new CallError("invalid_json", "empty body");
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new CallError("invalid_json", error instanceof TypeError ? "not UTF-8" : "not JSON");
  }
}
