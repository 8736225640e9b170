import type { AgentConfig } from "../config/config.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { createSyncLog } from "../sync-log/sync-log.ts";
import type { SyncReading } from "../sync-log/sync-state.ts";
import type { TaughtPatternsStore } from "../teaching/taught-patterns.ts";

/** What was known of the log is read anew when something else is taught about it. */
export function followTaughtLog(
  { logs, utcOffsetMinutes }: Pick<AgentConfig, "logs" | "utcOffsetMinutes">,
  taught: Pick<TaughtPatternsStore, "rules">,
  problems: ProblemLog,
): () => Promise<SyncReading> {
  let rules = taught.rules();
  let syncLog = createSyncLog(logs, utcOffsetMinutes, problems, { taught: rules });
  return () => {
    if (taught.rules() !== rules) {
      rules = taught.rules();
      syncLog = createSyncLog(logs, utcOffsetMinutes, problems, { taught: rules });
    }
    return syncLog.read();
  };
}
