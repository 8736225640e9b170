import { setImmediate } from "node:timers/promises";

const ROWS_PER_TURN = 250;

/** Maps many rows without blocking the event loop for long. */
export async function inTurns<Row, Result>(rows: Row[], work: (row: Row) => Result): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    results.push(work(row));
    if (results.length % ROWS_PER_TURN === 0) await setImmediate();
  }
  return results;
}
