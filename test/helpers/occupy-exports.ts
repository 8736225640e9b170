import { exportPlaces } from "../../src/monitor/excel/send-export.ts";

/**
 * Takes places for Excel files, as other people do: two are working, more wait.
 * @returns how to give them up.
 */
export async function occupyExports(people: readonly number[]): Promise<() => Promise<void>> {
  const leaving = new AbortController();
  const before = exportPlaces.waiting();
  const taken = people.map((person) => exportPlaces.take(person, leaving.signal));
  const working = await Promise.all(taken.slice(0, taken.length - (exportPlaces.waiting() - before)));
  return async () => {
    leaving.abort();
    await Promise.allSettled(taken);
    for (const giveUp of working) giveUp();
  };
}
