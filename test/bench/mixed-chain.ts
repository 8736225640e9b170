import type { PosFailure } from "../../src/monitor/pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { exampleReport } from "../helpers/pos-server.ts";
import type { FilledOrganization, FilledPosServer } from "./fill-database.ts";

const BRANDS = ["Пицца Рум", "Хинкальная №1", "Кофейня «Полдень»", "Бургер-бар", "Суши Хаус", "Ёлки-палки"];
const CITIES = ["Москва", "Казань", "Самара", "Омск", "Пермь", "Тула", "Уфа", "Томск", "Сочи", "Орёл"];
const STREETS = ["Ленина", "Мира", "Гагарина", "Садовая", "Советская", "Лесная", "Пушкина"];
const SYNC_ERRORS = [
  "нарушена целостность базы",
  "Превышено время ожидания запроса к POS-серверу",
  "Не удалось запустить принудительную синхронизацию: код 0x80131904",
];
const POLL_FAILURES: PosFailure[] = [
  { code: "connect_timeout", detail: "connection took longer than 3000 ms" },
  { code: "connect_refused", detail: "connect ECONNREFUSED" },
  { code: "http_status", detail: "HTTP 502 Bad Gateway" },
];

/** Organizations of a chain: brand, city, a CrmId of six digits from 100000 on. */
export function chainOrganizations(count: number): FilledOrganization[] {
  return Array.from({ length: count }, (_, n) => ({
    name: `${BRANDS[n % BRANDS.length]} ${CITIES[n % CITIES.length]} ${n + 1}`,
    crmId: String(100_000 + n),
  }));
}

/** The name of POS server n, as people would give it. */
export function chainPosServerName(n: number): string {
  return `${STREETS[n % STREETS.length]}, ${(n % 190) + 1} — POS ${n + 1}`;
}

/** POS servers in every state: of a hundred, 77 exchange and the others have all the troubles there are. */
export function* mixedPosServers(
  count: number,
  organizations: number,
  now: number,
): Iterable<FilledPosServer> {
  for (let n = 0; n < count; n += 1) {
    yield {
      organization: Math.floor(n / 100) % organizations,
      name: chainPosServerName(n),
      address: `https://pos-${n + 1}.chain.test:8443`,
      token: `token ${n}`,
      fingerprint: null,
      identity: `mixed-${n}`,
      isParked: n % 100 === 0,
      outcomes: outcomesOf(n, now - (n % 60_000)),
    };
  }
}

function outcomesOf(n: number, polledAt: number): StatusOutcome[] {
  const turn = Math.floor(n / 100);
  const report = (at: number, changes: Partial<StatusReport> = {}) =>
    succeeded(at, healthyReport(at, n, changes));
  const exchange = (at: number, minutesAgo: number, error: string | null = null) => ({
    sync: {
      lastAttemptAt: iso(at),
      lastSuccessAt: iso(at - minutesAgo * 60_000),
      error: error === null ? null : { at: iso(at), message: error },
    },
  });
  const kind = n % 100;
  if (kind === 0) return [report(polledAt)];
  if (kind === 1) return [];
  if (kind < 4) return [report(polledAt, { version: `33.${kind}.5.0` })];
  if (kind < 9) return [report(polledAt - 30 * HOUR_MS * (1 + (turn % 5))), ...failedTwice(polledAt, turn)];
  if (kind < 13) return [report(polledAt), ...failedTwice(polledAt, turn)];
  if (kind < 17)
    return [report(polledAt, exchange(polledAt, 90 + turn, SYNC_ERRORS[turn % SYNC_ERRORS.length]))];
  if (kind < 18)
    return [report(polledAt, { service: { name: "iikoCard5POS", state: "stopped", startedAt: null } })];
  if (kind < 21) return [report(polledAt, exchange(polledAt, 11 + turn))];
  if (kind < 24) return [report(polledAt, { version: "34.1.90.2" })];
  return [report(polledAt)];
}

function failedTwice(at: number, turn: number): StatusOutcome[] {
  const failure = POLL_FAILURES[turn % POLL_FAILURES.length] as PosFailure;
  return [at - 60_000, at].map((receivedAt) => ({ ok: false, failure, receivedAt }));
}

function succeeded(receivedAt: number, report: StatusReport): StatusOutcome {
  return { ok: true, report, receivedAt };
}

function healthyReport(at: number, n: number, changes: Partial<StatusReport>): StatusReport {
  return exampleReport({
    posServerId: `mixed-${n}`,
    version: `34.2.${100 + (n % 40)}.0`,
    time: iso(at),
    sync: { lastAttemptAt: iso(at - 20_000), lastSuccessAt: iso(at - (n % 90) * 1_000), error: null },
    ...changes,
  });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
