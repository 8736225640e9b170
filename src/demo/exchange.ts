import { type Dispatcher, request } from "undici";
import type { ExchangeFailure } from "./log-wording.ts";
import type { LoyaltyChanges } from "./loyalty.ts";
import { ApplyChangesError, type PosDatabase } from "./pos-database.ts";

const NO_TIMEOUT = 0;
const HTTP_OK = 200;
const TIMEOUT_CODES = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];
const CONNECTION_LOST_CODES = ["UND_ERR_SOCKET", "ECONNRESET"];

export interface ExchangeTask {
  database: PosDatabase;
  mainServerUrl: string;
  crmId: string;
  slug: string;
  /** How long the main server may be silent; null = for ever, in the scenario `exchange_hangs`. */
  timeoutMs: number | null;
  signal: AbortSignal;
  dispatcher: Dispatcher;
}

/** Copies changes from the main server to the database. @returns the revision and how many rows changed. */
export async function exchangeWithMainServer(task: ExchangeTask) {
  const changes = await fetchChanges(task);
  task.database.applyChanges(changes);
  const { revision, programs, guests, wallets } = changes;
  return { revision, rows: programs.length + guests.length + wallets.length };
}

async function fetchChanges(task: ExchangeTask): Promise<LoyaltyChanges> {
  const timeoutMs = task.timeoutMs ?? NO_TIMEOUT;
  const { statusCode, body } = await request(`${task.mainServerUrl}/exchange/${task.crmId}`, {
    query: { revision: task.database.readRevision(), posServer: task.slug },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: task.signal,
    dispatcher: task.dispatcher,
  });
  if (statusCode !== HTTP_OK) {
    await body.dump();
    throw new Error(`HTTP ${statusCode}`);
  }
  return (await body.json()) as LoyaltyChanges;
}

export function exchangeFailure(
  error: unknown,
  { timeoutMs, mainServerUrl }: Pick<ExchangeTask, "timeoutMs" | "mainServerUrl">,
): ExchangeFailure {
  if (error instanceof ApplyChangesError) {
    const { table, code, message } = error;
    return { kind: "database", table, code, message };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (TIMEOUT_CODES.includes(code)) return { kind: "timeout", timeoutMs: timeoutMs ?? NO_TIMEOUT };
  if (CONNECTION_LOST_CODES.includes(code)) return { kind: "connection_lost" };
  return { kind: "not_connected", host: new URL(mainServerUrl).hostname, code };
}
