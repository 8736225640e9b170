import { shortLine } from "../../../protocol/visible-text.ts";
import type { FailureCode } from "../../pos-client/calls/failure.ts";
import type texts from "../../translations/ru/log-archives.json";

/**
 * How a log request can fail besides the failures of calls. `busy`: the POS server kept saying so. `too_slow`: next to
 * nothing came for a while. `broken_off`: the stream ended early. `broken_archive`: not the zip that was asked for.
 * `nothing_came`: none of the listed logs. `disk_full`, `store_unavailable` (missing or not writable), `foreign_store` (of
 * another database), `store_error`: the file store. `archives_failed`: some archives are missing, each for its own
 * reason. `right_lost`: who asked may no longer have the logs. `agent_absent`: the agent was away when the request expired.
 * `parked`: the POS server was parked meanwhile.
 */
type LogFailureCode = FailureCode | keyof typeof texts.logFailure;

/** Everything else would fail likewise, so they end the whole request. */
const ENDING_CODES: readonly LogFailureCode[] = [
  "unauthorized",
  "certificate_changed",
  "unsupported_protocol",
  "wrong_pos_server",
  "wrong_crm_id",
  "disk_full",
  "store_unavailable",
  "foreign_store",
  "right_lost",
  "parked",
  "not_connected",
];

/** Final for one archive or request, without retries; other archives may still come. */
const LASTING_CODES: readonly LogFailureCode[] = ["busy", "nothing_came"];

export interface LogFailure {
  code: LogFailureCode;
  detail: string;
}

/** Expected: shown to people, not logged as a defect. */
export class ArchiveError extends Error {
  readonly failure: LogFailure;

  constructor(code: LogFailureCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.name = "ArchiveError";
    this.failure = { code, detail: shortLine(detail) };
  }
}

export function endsRequest({ code }: LogFailure): boolean {
  return ENDING_CODES.includes(code);
}

export function mayPass(failure: LogFailure): boolean {
  return !endsRequest(failure) && !LASTING_CODES.includes(failure.code);
}
