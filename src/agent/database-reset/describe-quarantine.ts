import { writeManifest } from "../quarantine/manifest.ts";
import { laterName } from "../quarantine/quarantine-folder.ts";
import { quarantineFolder, type ResetTask } from "./reset-task.ts";

/** Hashes what was moved, last of all: nobody at the till waits for it. */
export async function describeQuarantine(task: ResetTask): Promise<void> {
  const { note, record, signal, logger } = task;
  if (record.quarantine !== null) {
    const about = { movedAt: record.report.resetAt ?? record.acceptedAt, key: record.key };
    const folder = quarantineFolder(task);
    try {
      for (const path of [folder, laterName(folder)]) await writeManifest(path, about, signal);
    } catch (error) {
      signal.throwIfAborted();
      logger.error({ err: error }, "manifest cannot be written; the files lie in quarantine all the same");
    }
  }
  await note({ phase: "ended" });
}
