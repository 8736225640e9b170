import { readFile } from "node:fs/promises";
import { parseJson } from "../../protocol/parse-json.ts";
import { ifThere } from "./if-there.ts";

/**
 * Reads a JSON file that may hold secrets.
 * @returns null when there is no such file; `content` is undefined when it is no JSON: callers write the error, as
 * JSON.parse's message may quote the file.
 * @throws when it cannot be read.
 */
export async function readJsonFile(file: string): Promise<{ content: unknown } | null> {
  const text = await ifThere(readFile(file, "utf8"));
  return text === null ? null : { content: parseJson(text) };
}
