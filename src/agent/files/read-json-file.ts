import { readFile } from "node:fs/promises";
import { parseJson } from "../../protocol/parse-json.ts";
import { ifThere } from "./if-there.ts";

/**
 * null = no such file; `content` undefined = no JSON: callers write the error, as JSON.parse's message may quote secrets.
 * @throws when the file cannot be read.
 */
export async function readJsonFile(file: string): Promise<{ content: unknown } | null> {
  const text = await ifThere(readFile(file, "utf8"));
  return text === null ? null : { content: parseJson(text) };
}
