import type { FastifyBaseLogger } from "fastify";
import type { RecordStore } from "./record-store.ts";

/** What a command works with while it runs. */
export interface CommandTask<Record> {
  record: Record;
  /** Changes the record and keeps it on disk before anything else happens. @throws when it cannot be written. */
  advance(changes: Partial<Record>): Promise<void>;
  /** Likewise where going on is right even if it cannot be written: that is logged only. */
  note(changes: Partial<Record>): Promise<void>;
  /** Aborted when the agent ends: whatever waits gives up, and the journal says how to go on at the next start. */
  signal: AbortSignal;
  logger: FastifyBaseLogger;
}

export interface CommandKind<Order, Record> {
  /** For the log. */
  name: string;
  store: RecordStore<Record>;
  stateDirectory: string;
  logger: FastifyBaseLogger;
  /** The record of a command that was just accepted. */
  begin(key: string, order: Order, acceptedAt: string): Record;
  /** Does what is left to do, up to the phase `ended`. */
  run(task: CommandTask<Record>): Promise<void>;
  /** Decides how a command goes on that the end of the agent cut short; `run` comes next. */
  resume(task: CommandTask<Record>): Promise<void>;
}
