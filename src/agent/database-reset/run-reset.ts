import { pruneQuarantine } from "../quarantine/prune.ts";
import { describeQuarantine } from "./describe-quarantine.ts";
import { moveBack } from "./move-back.ts";
import { moveDatabase } from "./move-database.ts";
import type { ResetPhase } from "./reset-record.ts";
import type { ResetTask } from "./reset-task.ts";
import { restoreService } from "./restore-service.ts";
import { startNewDatabase } from "./start-new-database.ts";
import { stopForReset } from "./stop-for-reset.ts";

/**
 * Each phase does its work and notes the next one, which begins only then:
 * `stopping_service` → `moving_database` → `starting_service` → `writing_manifest` → `ended`. What fails before the
 * database is out of the way goes on with (`moving_back` →) `restoring_service` → `writing_manifest` → `ended`.
 */
const PHASES: Record<Exclude<ResetPhase, "ended">, (task: ResetTask) => Promise<void>> = {
  stopping_service: stopForReset,
  moving_database: moveDatabase,
  moving_back: moveBack,
  restoring_service: restoreService,
  starting_service: startNewDatabase,
  writing_manifest: describeQuarantine,
};

/** Carries a reset through to its end. */
export async function runReset(task: ResetTask): Promise<void> {
  while (task.record.phase !== "ended") {
    task.signal.throwIfAborted();
    await PHASES[task.record.phase](task);
  }
  await pruneQuarantine(task.database, task.logger);
}
