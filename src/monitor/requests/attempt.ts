import SQLite from "better-sqlite3";
import type { FastifyBaseLogger } from "fastify";
import { WorkEndedError } from "./runner.ts";

/** Logs a defect in the work. @returns undefined after one. */
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
