import type { AgentConfig } from "../config/config.ts";
import { readManifest } from "../quarantine/manifest.ts";
import { listQuarantine } from "../quarantine/quarantine-folder.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";
import { formatBytes, formatTime } from "../texts/format.ts";
import { quarantineTexts } from "../texts/quarantine-texts.ts";

/** Prints what lies in quarantine, newest first. */
export async function printQuarantine(
  { database, utcOffsetMinutes }: AgentConfig,
  configFile: string,
  print: (line: string) => void,
): Promise<void> {
  const folders = await listQuarantine(database.quarantineDirectory);
  if (folders.length === 0) return print(quarantineTexts.empty(database.quarantineDirectory));
  print(quarantineTexts.title(database.quarantineDirectory));
  for (const { name, path, at } of folders) {
    const offset = utcOffsetMinutes ?? -new Date(at).getTimezoneOffset();
    print(quarantineTexts.folder(name, formatTime(at, offset)));
    const manifest = await readManifest(path);
    const bytes = manifest?.files.reduce((sum, file) => sum + file.bytes, 0) ?? 0;
    print(
      manifest
        ? quarantineTexts.files(manifest.files.length, formatBytes(bytes))
        : quarantineTexts.noManifest,
    );
  }
  print(quarantineTexts.hint(commandLineTexts.command(configFile, "quarantine restore ВРЕМЯ")));
}
