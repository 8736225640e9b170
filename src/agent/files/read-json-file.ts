import { readFile } from "node:fs/promises";
import { parseJson } from "../../protocol/parse-json.ts";
import { ifThere } from "./if-there.ts";

/**
 * Reads a JSON file that may hold secrets.
 * @returns null when there is no such file; `content` is undefined when it is no JSON: whoever asked says which file is damaged,
 * since the message of JSON.parse may quote it.
 * @throws when it cannot be read.
 */
export async function readJsonFile(file: string): Promise<{ content: unknown } | null> {
  const text = await ifThere(readFile(file, "utf8"));
  return text === null ? null : { content: parseJson(text) };
}
