import { lstat, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { renameFile } from "../../protocol/files.ts";
import { parseJson } from "../../protocol/parse-json.ts";

/** null when the file or folder does not exist. @throws other errors. */
export async function ifThere<Result>(looking: Promise<Result>): Promise<Result | null> {
  return await looking.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

/**
 * null = no such file; `content` undefined = no JSON: callers write the error, as JSON.parse's message may quote secrets.
 * @throws when the file cannot be read.
 */
export async function readJsonFile(file: string): Promise<{ content: unknown } | null> {
  const text = await ifThere(readFile(file, "utf8"));
  return text === null ? null : { content: parseJson(text) };
}

/** @throws when the target exists. */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  // rename() would replace it silently.
  if (await exists(to)) throw new Error(`${to} is there already`);
  await renameFile(from, to);
}

/** True for a broken link too. */
export async function exists(path: string): Promise<boolean> {
  return (await ifThere(lstat(path))) !== null;
}
