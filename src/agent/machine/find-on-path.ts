import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, extname, isAbsolute, join } from "node:path";

/**
 * Finds a program that is named without a folder among those of the PATH, but not in the current folder, where Windows would
 * look first.
 * @returns its full path; null when there is none.
 */
export async function findOnPath(name: string): Promise<string | null> {
  const file = process.platform === "win32" && extname(name) === "" ? `${name}.exe` : name;
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter((path) => isAbsolute(path))) {
    const path = join(folder, file);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}
