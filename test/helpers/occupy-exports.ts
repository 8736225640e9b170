import { exportPlaces } from "../../src/monitor/excel/send-export.ts";

/** Takes places for Excel files: two people work, what else is asked for waits. @returns how to give them up. */
export async function occupyExports(people: readonly number[]): Promise<() => Promise<void>> {
  const leaving = new AbortController();
  const take = (person: number) => exportPlaces.take(person, leaving.signal);
  const working = new Set(people.slice(0, 2));
  const giveUps = await Promise.all([...working].map(take)); // an earlier file may be ending
  const waiting = people.slice(working.size).map(take);
  return async () => {
    leaving.abort();
    await Promise.allSettled(waiting);
    for (const giveUp of giveUps) giveUp();
  };
}
