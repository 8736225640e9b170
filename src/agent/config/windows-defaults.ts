import { stat } from "node:fs/promises";
import type { ValueSourceFile } from "./config-schema.ts";

const PROFILE_ROOTS = ["C:\\Windows\\ServiceProfiles", "C:\\Users"];
const PROFILE_NAMES = ["iikoCard5POS", "iikoCardPOS"];
const DATA_FOLDER_IN_PROFILE = "AppData\\Roaming\\iiko\\iikoCard5";

/** Where a POS server keeps its data, most likely first. */
export const WINDOWS_DATA_DIRECTORIES = PROFILE_ROOTS.flatMap((root) =>
  PROFILE_NAMES.map((name) => `${root}\\${name}\\${DATA_FOLDER_IN_PROFILE}`),
);

/** The first of the folders that exists, otherwise the first of all, so that messages name a plausible one. */
export async function chooseDataDirectory(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    if (await isDirectory(candidate)) return candidate;
  }
  return candidates[0];
}

/** Reads the version of the program file of the first of these services that is installed. */
export function windowsVersionSource(serviceNames: readonly string[]): ValueSourceFile {
  const names = serviceNames.map((name) => `'${name.replaceAll("'", "''")}'`).join(",");
  const script =
    `foreach ($name in ${names}) { ` +
    "$key = Get-ItemProperty -LiteralPath ('HKLM:\\SYSTEM\\CurrentControlSet\\Services\\' + $name) -ErrorAction SilentlyContinue; " +
    "if ($key) { $path = [Environment]::ExpandEnvironmentVariables($key.ImagePath) -replace '^\"([^\"]+)\".*$', '$1' " +
    "-replace '^([^\"]+?\\.exe).*$', '$1'; (Get-Item -LiteralPath $path).VersionInfo.ProductVersion; break } }";
  return {
    command: ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", script],
    pattern: "(\\d+(?:\\.\\d+)+)",
  };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A folder that cannot be looked at is no candidate; if none is left, reading it reports why.
    return false;
  }
}
