import type { FailureCode } from "../../src/monitor/pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import type { NewOrganization } from "../../src/monitor/registry/registry.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { failed, type Reported, received } from "../helpers/outcomes.ts";
import type { FilledPosServer } from "./fill-database.ts";

const BRANDS = ["Пицца Рум", "Хинкальная №1", "Кофейня «Полдень»", "Бургер-бар", "Суши Хаус", "Ёлки-палки"];
const CITIES = ["Москва", "Казань", "Самара", "Омск", "Пермь", "Тула", "Уфа", "Томск", "Сочи", "Орёл"];
const STREETS = ["Ленина", "Мира", "Гагарина", "Садовая", "Советская", "Лесная", "Пушкина"];
const SYNC_ERRORS = [
  "нарушена целостность базы",
  "Превышено время ожидания запроса к POS-серверу",
  "Не удалось запустить принудительную синхронизацию: код 0x80131904",
];
const POLL_FAILURES: [FailureCode, string][] = [
  ["connect_timeout", "connection took longer than 3000 ms"],
  ["connect_refused", "connect ECONNREFUSED"],
  ["unauthorized", "HTTP 401"],
];

/** Organizations of a chain: brand, city, a CrmId of six digits from 100000 on. */
export function chainOrganizations(count: number): NewOrganization[] {
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
      identity: `mixed-${n}`,
      isParked: n % 100 === 0,
      outcomes: outcomesOf(n, now - (n % 60_000)),
    };
  }
}

function outcomesOf(n: number, polledAt: number): StatusOutcome[] {
  const turn = Math.floor(n / 100);
  const report = (reported: Reported = {}, at = polledAt) =>
    received(at, { version: `34.2.${100 + (n % 40)}.0`, syncedAgoMs: (n % 90) * 1_000, ...reported });
  const [code, detail] = POLL_FAILURES[turn % POLL_FAILURES.length] ?? [];
  const silent = [polledAt - MINUTE_MS, polledAt].map((at) => failed(at, code, detail));
  const error = SYNC_ERRORS[turn % SYNC_ERRORS.length] ?? null;
  const kind = n % 100;
  if (kind === 0) return [report()];
  if (kind === 1) return [];
  if (kind < 4) return [report({ version: `33.${kind}.5.0` })];
  if (kind < 9) return [report({}, polledAt - 30 * HOUR_MS * (1 + (turn % 5))), ...silent];
  if (kind < 13) return [report(), ...silent];
  if (kind < 17) return [report({ syncedAgoMs: (90 + turn) * MINUTE_MS, error })];
  if (kind < 18) return [report({ service: { name: "iikoCard5POS", state: "stopped", startedAt: null } })];
  if (kind < 21) return [report({ syncedAgoMs: (11 + turn) * MINUTE_MS })];
  if (kind < 24) return [report({ version: "34.1.90.2" })];
  return [report()];
}
