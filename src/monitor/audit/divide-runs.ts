import type { ListedEvent } from "./list-events.ts";

/** Entries of a page that follow one another; `isAutomatic`: nobody made them. */
export interface AuditRun {
  isAutomatic: boolean;
  events: ListedEvent[];
}

/** What agents and Poswatch itself did stands apart from what people did, or tried to. */
export function divideRuns(events: readonly ListedEvent[]): AuditRun[] {
  const runs: AuditRun[] = [];
  for (const event of events) {
    const { login, userName, action } = event;
    // People have a name unless they only tried to sign in.
    const isAutomatic = userName === null && login === "" && action !== "sign_in";
    const run = runs.at(-1);
    if (run?.isAutomatic === isAutomatic) run.events.push(event);
    else runs.push({ isAutomatic, events: [event] });
  }
  return runs;
}
