import { HOUR_MS } from "../protocol/time-units.ts";
import type { LogStyle } from "./log-wording.ts";

export interface DemoOrganization {
  name: string;
  crmId: string;
}

export type Scenario =
  | "healthy"
  | "damaged_database"
  | "main_server_silent"
  | "exchange_hangs"
  /** It exchanges, but its log has unknown words for that. */
  | "unknown_wording"
  /** Its log claims exchanges that never happen. */
  | "exchange_lies"
  /** It exchanges, but stops answering the tills soon after the start. */
  | "port_dies"
  /** Another program has the database open and locked. */
  | "database_held"
  /** The name of its main server cannot be resolved. */
  | "cut_off"
  | "service_stopped"
  /** It is switched off while its restaurant is closed. */
  | "closed"
  | "agent_stopped"
  | "token_changed"
  | "foreign_crm_id"
  | "not_opened"
  | "parked";

export interface DemoPosServer {
  /** Names its folder, and the POS server to the main server. */
  slug: string;
  name: string;
  crmId: string;
  version: string;
  scenario: Scenario;
  utcOffsetMinutes: number;
  logEncoding: "utf-8" | "windows-1251";
  logStyle: LogStyle;
}

export const CURRENT_VERSION = "34.2.117";
const MOSCOW_OFFSET_MINUTES = 180;
const YEKATERINBURG_OFFSET_MINUTES = 300;
const AGENT_BREAKS_AFTER_MS = 9_000;
const POLL_INTERVAL_MS = 15_000;
const BREAKING_POLL_INTERVAL_MS = 5_000;
const UNOPENED_POLL_INTERVAL_MS = HOUR_MS;
const MAIN_SERVER_HOST = "127.0.0.1";
const UNKNOWN_HOST = "loyalty.poswatch-demo.invalid";

/** Where its POS servers are. */
const YEKATERINBURG_CRM_ID = "100633";
/** Their agents are broken, or known by another token. */
const NEVER_DIALLING: readonly Scenario[] = ["agent_stopped", "token_changed"];

export const ORGANIZATIONS: readonly DemoOrganization[] = [
  { name: "ООО «Вкусный дом»", crmId: "100237" },
  { name: "Пекарня №1", crmId: "100512" },
  { name: "Кофе и точка", crmId: "100633" },
  { name: "Суши Бар", crmId: "100701" },
  { name: "Шашлычная «У реки»", crmId: "100764" },
  { name: "Столовая «Полдень»", crmId: "100820" },
];

export const POS_SERVERS: readonly DemoPosServer[] = [
  posServer("100237", "tverskaya-12", "Тверская, 12", { scenario: "damaged_database" }),
  posServer("100237", "arbat-5", "Арбат, 5", { scenario: "main_server_silent" }),
  posServer("100237", "pokrovka-17", "Покровка, 17"),
  posServer("100237", "sretenka-8", "Сретенка, 8", { logStyle: "english" }),
  posServer("100237", "maroseyka-4", "Маросейка, 4"),

  posServer("100512", "nevsky-88", "Невский, 88", {
    scenario: "service_stopped",
    version: "34.1.90",
    logEncoding: "windows-1251",
  }),
  posServer("100512", "ligovsky-30", "Лиговский, 30", { scenario: "agent_stopped", logStyle: "english" }),
  posServer("100512", "rubinshteyna-15", "Рубинштейна, 15", { scenario: "cut_off" }),
  posServer("100512", "sadovaya-28", "Садовая, 28", { logStyle: "json" }),

  posServer("100633", "mira-1", "Мира, 1", { scenario: "exchange_hangs" }),
  posServer("100633", "lenina-44", "Ленина, 44", { version: "34.0.12", logEncoding: "windows-1251" }),
  posServer("100633", "malysheva-51", "Малышева, 51", { scenario: "exchange_lies", logStyle: "unconfirmed" }),
  posServer("100633", "vaynera-10", "Вайнера, 10", { scenario: "unknown_wording", logStyle: "unknown" }),

  posServer("100701", "sadovaya-3", "Садовая, 3"),
  posServer("100701", "pushkina-17", "Пушкина, 17", { scenario: "port_dies", logStyle: "english" }),
  posServer("100701", "gagarina-9", "Гагарина, 9", { logStyle: "unconfirmed" }),
  posServer("100701", "moskovskaya-21", "Московская, 21", { scenario: "not_opened" }),

  posServer("100764", "naberezhnaya-2", "Набережная, 2", { scenario: "database_held", logStyle: "english" }),
  posServer("100764", "volzhskaya-14", "Волжская, 14", { logStyle: "english" }),
  posServer("100764", "prichal-1", "Причал, 1 (летняя веранда)", { scenario: "parked" }),

  posServer("100820", "zavodskaya-6", "Заводская, 6", { version: "33.9.4", logEncoding: "windows-1251" }),
  posServer("100820", "komsomolskaya-32", "Комсомольская, 32", {
    scenario: "token_changed",
    logStyle: "english",
  }),
  posServer("100820", "sovetskaya-11", "Советская, 11", { scenario: "foreign_crm_id", logStyle: "english" }),
  posServer("100820", "pobedy-40", "Победы, 40", { scenario: "closed", logStyle: "english" }),
];

export const SERVICE_NAME = "iikoCard5POS";

export function isInstalled(posServer: DemoPosServer): boolean {
  return posServer.scenario !== "not_opened";
}

export function isServiceStopped({ scenario }: Pick<DemoPosServer, "scenario">): boolean {
  return ["service_stopped", "closed", "parked"].includes(scenario);
}

/** How long its agent listens; null = for good. A breaking one is polled first, a parked one is only paired. */
export function agentLifetimeMs(posServer: DemoPosServer): number | null {
  if (posServer.scenario === "agent_stopped") return AGENT_BREAKS_AFTER_MS;
  return posServer.scenario === "parked" ? 0 : null;
}

/** A breaking agent is polled often enough to be seen before, and to be unreachable soon after. */
export function pollIntervalMs({ scenario }: DemoPosServer): number {
  if (scenario === "not_opened") return UNOPENED_POLL_INTERVAL_MS;
  return scenario === "agent_stopped" ? BREAKING_POLL_INTERVAL_MS : POLL_INTERVAL_MS;
}

/** Whether its agent enrols with a code and dials out, as at even house numbers; the others are paired and called. */
export function dialsOut({ slug, scenario }: DemoPosServer): boolean {
  return /[02468]$/.test(slug) && !NEVER_DIALLING.includes(scenario);
}

/** The CrmId in its own configuration; not the registered one in the scenario `foreign_crm_id`. */
export function boundCrmId(posServer: DemoPosServer): string {
  return posServer.scenario === "foreign_crm_id" ? "100237" : posServer.crmId;
}

export function mainServerHost({ scenario }: Pick<DemoPosServer, "scenario">): string {
  return scenario === "cut_off" ? UNKNOWN_HOST : MAIN_SERVER_HOST;
}

function posServer(
  crmId: string,
  slug: string,
  name: string,
  differences: Partial<DemoPosServer> = {},
): DemoPosServer {
  return {
    slug,
    name,
    crmId,
    version: CURRENT_VERSION,
    scenario: "healthy",
    utcOffsetMinutes: crmId === YEKATERINBURG_CRM_ID ? YEKATERINBURG_OFFSET_MINUTES : MOSCOW_OFFSET_MINUTES,
    logEncoding: "utf-8",
    logStyle: "russian",
    ...differences,
  };
}
