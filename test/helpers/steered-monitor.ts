import { setTimeout as delay } from "node:timers/promises";
import type { Test } from "tap";
import { startMonitor } from "./app.ts";
import { createClock } from "./clock.ts";

/** What happens in one step of a monitor that is steered, at a time by its clock, ms UTC. */
export interface Step {
  at: number;
  /** What POS servers say; null = all is well. */
  reports: { id: number; error: string | null }[];
}

/** What hangs is left hanging while the clock goes on. */
const STEP_WITHIN_MS = 100;

/** A monitor in a process of its own, which can be killed at any moment: it does what its parent tells it, step by step. */
const clock = createClock(Number(process.env.AT));
const owner = { teardown() {} } as unknown as Test;
const monitor = await startMonitor(owner, { dataDir: process.env.DATA_DIR ?? "", clock });

process.on("message", async ({ at, reports }: Step) => {
  clock.set(at);
  for (const { id, error } of reports)
    await monitor.report(id, error === null ? undefined : { error, syncedAgoMs: 0 });
  process.send?.("begun");
  await monitor.app.notifications.tick();
  await Promise.race([monitor.app.notifications.idle(), delay(STEP_WITHIN_MS)]);
  process.send?.("done");
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
