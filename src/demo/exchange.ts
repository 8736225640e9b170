import { type Dispatcher, request } from "undici";
import type { LoyaltyChanges } from "./loyalty.ts";
import { ApplyChangesError, type PosDatabase } from "./pos-database.ts";

const NO_TIMEOUT = 0;
const HTTP_OK = 200;
const DAMAGE_CODES = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);

export const CONNECTION_LOST = "Нет связи с главным сервером: соединение разорвано";

export interface ExchangeTask {
  database: PosDatabase;
  mainServerUrl: string;
  crmId: string;
  slug: string;
  /** How long the main server may keep silent; null = for ever, as the hanging POS server of the demo waits. */
  timeoutMs: number | null;
  signal: AbortSignal;
  dispatcher: Dispatcher;
}

class MainServerStatusError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number) {
    super(`HTTP ${statusCode}`);
    this.statusCode = statusCode;
  }
}

/** Fetches what changed on the main server and writes it to the database. @returns the revision reached. */
export async function exchangeWithMainServer(task: ExchangeTask): Promise<number> {
  const changes = await fetchChanges(task);
  task.database.applyChanges(changes);
  return changes.revision;
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
    throw new MainServerStatusError(statusCode);
  }
  return (await body.json()) as LoyaltyChanges;
}

/** What the service writes to its log about a failed exchange, in the words that an administrator reads. */
export function describeExchangeFailure(error: unknown, timeoutMs: number | null): string {
  if (error instanceof ApplyChangesError) {
    const reason = DAMAGE_CODES.has(error.code) ? "нарушена целостность базы" : "ошибка базы";
    return `Не удалось применить изменения программы: ${reason} (${error.table}) [${error.code}: ${error.message}]`;
  }
  if (error instanceof MainServerStatusError)
    return `Главный сервер ответил ошибкой HTTP ${error.statusCode}`;
  const code = errorCode(error);
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return `Превышено время ожидания ответа главного сервера (${(timeoutMs ?? NO_TIMEOUT) / 1000} с)`;
  }
  if (code === "UND_ERR_SOCKET" || code === "ECONNRESET") return CONNECTION_LOST;
  return `Нет связи с главным сервером: ${code ?? String(error)}`;
}

function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return String(error.code);
}
