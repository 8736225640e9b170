import type { PosCheck } from "../fleet/pos-checks.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type CheckStatus, type Finding, noticedInWords, notKnown, whyInWords } from "./check.ts";

/** The port where the tills ask. */
export function portFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
  const { t } = viewer;
  if (check.outcome === "unknown") return notKnown(viewer, check);
  if (check.outcome === "ok") return { status: "ok", value: t("posServer.portAnswers") };
  return {
    status: "failed",
    value: noticedInWords(viewer, t("posServer.portSilent"), check.since, now),
    note: whyInWords(viewer, check.detail),
  };
}

/** What leads to the main server, each with a mark of its own; together they are good when all of them are. */
export function mainServerFinding(viewer: Viewer, checks: readonly PosCheck[], now: number): Finding {
  const [first] = checks;
  const isTold = checks.some(({ outcome, detail }) => outcome !== "unknown" || detail !== first?.detail);
  if (!isTold) return notKnown(viewer, first);
  const statuses = checks.map(({ outcome }) => outcome);
  const status: CheckStatus = statuses.includes("failed")
    ? "failed"
    : statuses.includes("unknown")
      ? "unknown"
      : "ok";
  const parts = checks.map((check) => ({ status: check.outcome, text: partInWords(viewer, check, now) }));
  return { status, parts, value: parts.map(({ text }) => text).join(", "), note: hostOf(checks) };
}

/** `DNS`, `443`, «443: нет ответа, замечено в 10:41» */
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

/** The account that the service runs under. */
export function accountFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
  const { value, detail, outcome, since } = check;
  if (outcome === "unknown" || value === null) return notKnown(viewer, check);
  if (outcome === "ok") return { status: "ok", value, note: whyInWords(viewer, detail) };
  const why = whyInWords(viewer, detail) ?? viewer.t("posServer.status.failed");
  return { status: "failed", value, note: noticedInWords(viewer, why, since, now) };
}

/** Whether the service may use the address where the tills ask. */
export function addressFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
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

/** What a newer agent looks at and nobody knows here. */
export function foreignFinding(viewer: Viewer, check: PosCheck, now: number): Finding {
  const words = check.value ?? viewer.t(`posServer.status.${check.outcome}`);
  return {
    status: check.outcome,
    value: check.outcome === "failed" ? noticedInWords(viewer, words, check.since, now) : words,
    note: whyInWords(viewer, check.detail),
  };
}
