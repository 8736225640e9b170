import type { PosCheck } from "../fleet/pos-checks.ts";
import { atTime } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** As of the last report. */
export type CheckStatus = "ok" | "failed" | "warning" | "unknown";

export interface CheckPart {
  status: CheckStatus;
  /** For screen readers. */
  statusText: string;
  text: string;
}

export interface Finding {
  status: CheckStatus;
  value: string;
  note?: string | null;
  /** In place of the value. */
  parts?: Omit<CheckPart, "statusText">[];
}

/** Words of agents for why a check failed or could not be made, with their keys in the catalog. */
const WHYS: Record<string, string> = {
  refused: "refused",
  ECONNREFUSED: "refused",
  timeout: "timeout",
  ETIMEDOUT: "timeout",
  no_http: "noHttp",
  ENOTFOUND: "notFound",
  EAI_AGAIN: "notFound",
  ENETUNREACH: "noNetwork",
  EHOSTUNREACH: "noNetwork",
  ECONNRESET: "broken",
  address_not_set: "addressNotSet",
  not_told: "notReported",
  not_seen: "notSeen",
  no_date: "noDate",
  missing: "missing",
  empty: "empty",
  unreadable: "unreadable",
  wrong_header: "wrongHeader",
  truncated: "truncated",
};

/** Why a check ended as it did; an unknown word is shown as it is. */
export function whyInWords({ t }: Viewer, detail: string | null): string | null {
  if (!detail) return null;
  const [word = "", ...more] = detail.split(":");
  const key = Object.hasOwn(WHYS, word) ? WHYS[word] : undefined;
  if (key === undefined) return detail;
  const words = t(`posServer.why.${key}`);
  return more.length > 0 ? t("posServer.whyWith", { words, detail: more.join(":") }) : words;
}

/** «не отвечает, замечено в 10:41»: the trouble may be older than the check that noticed it. */
export function noticedInWords(viewer: Viewer, words: string, since: number, now: number): string {
  return viewer.t("posServer.whatNoticed", { what: words, when: atTime(viewer, since, now) });
}

export function notKnown(viewer: Viewer, check: PosCheck | undefined): Finding {
  return {
    status: "unknown",
    value: whyInWords(viewer, check?.detail ?? null) ?? viewer.t("posServer.noData"),
  };
}

/** The programs that have the database open, by its check; null = none, or unknown. */
export function holdersOf(check: PosCheck | undefined): { programs: string; isGuess: boolean } | null {
  const [, word, programs] = /^(held|held_perhaps):(.+)$/s.exec(check?.detail ?? "") ?? [];
  return programs === undefined ? null : { programs, isGuess: word === "held_perhaps" };
}

/** Whether a program is that of a service; the system may shorten its name. */
export function isProgramOf(service: string, program: string): boolean {
  const name = program.replace(/\.exe$/i, "").toLowerCase();
  return name !== "" && service.toLowerCase().startsWith(name);
}
