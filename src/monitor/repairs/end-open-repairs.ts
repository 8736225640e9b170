import type { Actor } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { CommandFailure } from "./commands/command-failure.ts";
import { enterStep } from "./database-resets/enter-step.ts";
import { findOpenReset } from "./database-resets/find-database-resets.ts";
import { findOpenStart, listStartsToWorkOn } from "./service-starts/find-service-starts.ts";
import { finishServiceStart } from "./service-starts/finish-service-start.ts";

const RESTORED: CommandFailure = { code: "restored", detail: "" };

/** Ends the repairs and batches of a backup: the old monitor may have gone on with them. */
export async function endOpenRepairs(trx: Db, actor: Actor, now: number): Promise<void> {
  const resets = await trx.selectFrom("databaseReset").select("id").where("finishedAt", "is", null).execute();
  for (const { id } of resets) {
    const reset = await findOpenReset(trx, id);
    if (reset) await enterStep(trx, reset, { step: "failed", failure: RESTORED, actor }, now);
  }
  for (const { id } of await listStartsToWorkOn(trx)) {
    const start = await findOpenStart(trx, id);
    if (start) await finishServiceStart(trx, start, RESTORED, now);
  }
  await trx
    .updateTable("batchItem")
    .set({ status: "failed", code: RESTORED.code, finishedAt: now })
    .where("finishedAt", "is", null)
    .execute();
  await trx.updateTable("serviceStart").set({ exchange: null }).where("exchange", "=", "awaited").execute();
}
