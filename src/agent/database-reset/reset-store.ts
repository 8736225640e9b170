import { join } from "node:path";
import { createRecordStore, type RecordStore } from "../commands/record-store.ts";
import { ResetRecord } from "./reset-record.ts";

/** Journals and answers of resets, in the state folder. */
export function createResetStore(stateDirectory: string): RecordStore<ResetRecord> {
  return createRecordStore(join(stateDirectory, "database-resets"), ResetRecord);
}

/** Whether a reset was cut short, which the next start of the agent undoes or finishes. */
export async function hasUnfinishedReset(stateDirectory: string): Promise<boolean> {
  const store = createResetStore(stateDirectory);
  for (const key of await store.list()) {
    if ((await store.read(key))?.phase !== "ended") return true;
  }
  return false;
}
