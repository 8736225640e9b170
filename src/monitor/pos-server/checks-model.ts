import { CHECK_IDS } from "../../protocol/status-report.ts";
import type { PosCheck } from "../fleet/pos-checks.ts";
import { isSilent } from "../fleet/state.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  type CheckPart,
  type CheckStatus,
  type Finding,
  noticedInWords,
  notKnown,
  whyInWords,
} from "./check.ts";
import {
  clockFinding,
  connectionFinding,
  databaseFinding,
  diskFinding,
  type Reported,
  serviceFinding,
  versionFinding,
} from "./reported-findings.ts";

interface Check extends CheckPart {
  id: string;
  name: string;
  note: string | null;
  /** In place of the text. */
  parts: CheckPart[] | null;
}

const TO_MAIN_SERVER = ["main_server_dns", "main_server_tcp", "amqp"];
const KNOWN: readonly string[] = CHECK_IDS;

/**
 * What the last report says of each thing that an exchange needs; unknown while a POS server is parked or does not answer.
 * For one that never answered, the connection comes first.
 * @param checks older agents send none.
 */
export function checksModel(
  viewer: Viewer,
  { posServer, row, checks }: { posServer: ShownPosServer; row: PosServerRow; checks: readonly PosCheck[] },
  now: number,
): Check[] {
  const { t } = viewer;
  const hasNeverAnswered = posServer.lastUpdateAt === null;
  const isKnownNow = !isSilent(posServer) && !row.isParked;
  const checkOf = (id: string) => checks.find((check) => check.id === id);
  const reported = (id: string): Reported => ({ viewer, posServer, check: checkOf(id), now });
  const ifReported = (id: string, line: (check: PosCheck) => Check): Check[] => {
    const check = checkOf(id);
    return check && check.detail !== "not_told" ? [line(check)] : [];
  };
  const port = (value: string | null) => t("posServer.check.port", { port: value ?? "" }).trim();
  const toMainServer = checks.filter(({ id }) => TO_MAIN_SERVER.includes(id));
  return [
    ...(hasNeverAnswered && !row.isParked ? [connectionLine()] : []),
    named("service", serviceFinding(reported("service"))),
    ...ifReported("port", (check) => line("port", port(check.value), portFinding(viewer, check, now))),
    ...(hasNeverAnswered ? [line("port", port(null), notKnown(viewer, undefined))] : []),
    named("database", databaseFinding(reported("database"))),
    ...(toMainServer.length > 0 || hasNeverAnswered
      ? [named("mainServer", mainServerFinding(viewer, toMainServer, now))]
      : []),
    named("clock", clockFinding(reported("clock"))),
    named("disk", diskFinding(reported("disk"))),
    ...ifReported("traces", (check) => named("traces", tracesFinding(viewer, check, posServer, now))),
    named("version", versionFinding(viewer, posServer, row, now)),
    ...ifReported("account", (check) => named("account", accountFinding(viewer, check, now))),
    ...ifReported("url_acl", (check) => named("address", addressFinding(viewer, check, now))),
    ...checks
      .filter(({ id }) => !KNOWN.includes(id))
      .map((check, index) => line(`other-${index}`, check.id, foreignFinding(viewer, check, now))),
  ];

  /** Known without a report. */
  function connectionLine(): Check {
    const found = connectionFinding(viewer, posServer);
    const { status } = found;
    return { ...named("connection", found), status, statusText: t(`posServer.status.${status}`) };
  }

  function named(id: string, found: Finding): Check {
    return line(id, t(`posServer.check.${id}`), found);
  }

  function line(id: string, name: string, { note = null, value, parts, ...found }: Finding): Check {
    return { id, name, note, ...part({ ...found, text: value }), parts: parts?.map(part) ?? null };
  }

  function part(found: Omit<CheckPart, "statusText">): CheckPart {
    const status = isKnownNow ? found.status : "unknown";
    return { text: found.text, status, statusText: t(`posServer.status.${status}`) };
  }
}

function portFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
  const { t } = viewer;
  if (check.outcome === "unknown") return notKnown(viewer, check);
  if (check.outcome === "ok") return { status: "ok", value: t("posServer.portAnswers") };
  return {
    status: "failed",
    value: noticedInWords(viewer, t("posServer.portSilent"), check.since, now),
    note: whyInWords(viewer, check.detail),
  };
}

function mainServerFinding(viewer: Viewer, checks: readonly PosCheck[], now: number): Finding {
  const [first] = checks;
  const isStated = checks.some(({ outcome, detail }) => outcome !== "unknown" || detail !== first?.detail);
  if (!isStated) return notKnown(viewer, first);
  const statuses = checks.map(({ outcome }) => outcome);
  const status: CheckStatus = statuses.includes("failed")
    ? "failed"
    : statuses.includes("unknown")
      ? "unknown"
      : "ok";
  const parts = checks.map((check) => ({ status: check.outcome, text: partInWords(viewer, check, now) }));
  return { status, parts, value: parts.map(({ text }) => text).join(", "), note: hostOf(checks) };
}

function partInWords(viewer: Viewer, check: PosCheck, now: number): string {
  const name = check.id === "main_server_dns" ? "DNS" : portOf(check);
  if (check.outcome === "ok") return name;
  const why = whyInWords(viewer, check.detail) ?? viewer.t(`posServer.status.${check.outcome}`);
  return `${name}: ${check.outcome === "failed" ? noticedInWords(viewer, why, check.since, now) : why}`;
}

function portOf({ id, value }: PosCheck): string {
  return /:(\d+)$/.exec(value ?? "")?.[1] ?? (id === "amqp" ? "5671" : "443");
}

function hostOf(checks: readonly PosCheck[]): string | null {
  const value = checks.find(({ value }) => value !== null)?.value ?? null;
  return value?.replace(/:\d+$/, "") ?? null;
}

function accountFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
  const { value, detail, outcome, since } = check;
  if (outcome === "unknown" || value === null) return notKnown(viewer, check);
  if (outcome === "ok") return { status: "ok", value, note: whyInWords(viewer, detail) };
  const why = whyInWords(viewer, detail) ?? viewer.t("posServer.status.failed");
  return { status: "failed", value, note: noticedInWords(viewer, why, since, now) };
}

/** Whether the service may use the address that tills call. */
function addressFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
  const { t } = viewer;
  if (check.outcome === "unknown") return notKnown(viewer, check);
  if (check.outcome === "ok")
    return { status: "ok", value: t("posServer.addressAllowed"), note: check.value };
  return {
    status: "failed",
    value: noticedInWords(viewer, t("posServer.addressForbidden"), check.since, now),
    note: check.value,
  };
}

/** What an exchange leaves behind, whatever the log says. */
function tracesFinding(
  viewer: Viewer,
  check: PosCheck,
  { untracedSince, databaseModifiedAt }: ShownPosServer,
  now: number,
): Finding {
  const { t, format } = viewer;
  const note =
    databaseModifiedAt === null
      ? null
      : t("posServer.traceWritten", { time: format.clock(databaseModifiedAt, now) });
  if (untracedSince !== null) {
    const value = t("posServer.traceMissing", { time: format.clock(untracedSince, now) });
    return { status: "failed", value, note };
  }
  if (check.outcome !== "ok") return { ...notKnown(viewer, check), note };
  return { status: "ok", value: t("posServer.traceSeen"), note };
}

function foreignFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
  const words = check.value ?? viewer.t(`posServer.status.${check.outcome}`);
  return {
    status: check.outcome,
    value: check.outcome === "failed" ? noticedInWords(viewer, words, check.since, now) : words,
    note: whyInWords(viewer, check.detail),
  };
}
