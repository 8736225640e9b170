import SQLite from "better-sqlite3";
import type { FastifyBaseLogger } from "fastify";
import { WorkEndedError } from "./runner.ts";

/** Does what a fault of the program may end: that is logged, and hurts nobody else. @returns undefined after one. */
export async function attempt<Result>(
  log: FastifyBaseLogger,
  fault: string,
  of: object,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SQLite.SqliteError || error instanceof WorkEndedError) throw error;
    log.error({ err: error, ...of }, fault);
    return undefined;
  }
}
