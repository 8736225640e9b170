import { shortLine } from "../../../protocol/visible-text.ts";
import type { AuditDetailPart } from "../../audit-log/detail.ts";
import type { CallFailure } from "../../pos-client/calls/failure.ts";

/** `code`: of the catalogs, or an unknown one of the POS server; `detail`: technical. */
export interface CommandFailure {
  code: string;
  detail: string;
}

const CODE = /^[a-z][a-z_]{0,63}$/;
const NOT_FOUND = 404;

/** Who asked for the command may no longer do so. */
export const RIGHT_LOST: CommandFailure = { code: "right_lost", detail: "" };
export const PARKED: CommandFailure = { code: "parked", detail: "" };
/** The agent was away when the command expired. */
export const AGENT_ABSENT: CommandFailure = { code: "agent_absent", detail: "" };
/** The agent was there, but did not get the command in time. */
export const EXPIRED: CommandFailure = { code: "expired", detail: "" };

/** Why a POS server could not carry out a command that it began. */
export function reportedFailure(
  error: { error: string; message: string } | null | undefined,
): CommandFailure {
  return {
    code: error && CODE.test(error.error) ? error.error : "command_failed",
    detail: shortLine(error?.message ?? ""),
  };
}

export function keptFailure(
  row: { failureCode: string | null; failureDetail: string | null } | null,
): CommandFailure | null {
  return row?.failureCode ? { code: row.failureCode, detail: row.failureDetail ?? "" } : null;
}

export function failureParts({ code, detail }: CommandFailure): AuditDetailPart[] {
  return [{ key: "commandFailure", values: { code, detail } }];
}

/** What delays a command now. */
export function troubleOf({ code, error, detail }: CallFailure): CommandFailure {
  return error === "busy" ? { code: "busy", detail: "" } : { code, detail };
}

/** Why a POS server would not begin a command. */
export function failureOfRefusal(failure: CallFailure): CommandFailure {
  const { code, detail } = troubleOf(failure);
  if (code !== "http_status") return { code, detail };
  if (failure.error === "expired") return EXPIRED;
  if (failure.error === "other_agent") return { code: failure.error, detail: "" };
  return { code: failure.status === NOT_FOUND ? "outdated_agent" : "refused", detail };
}
