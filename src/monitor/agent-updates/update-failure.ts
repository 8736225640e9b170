import { UPDATE_REFUSALS, type UpdateRefusal } from "../../protocol/agent-update.ts";
import type { CallFailure, FailureCode } from "../pos-client/calls/failure.ts";
import { codeInWords, withDetail } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

/**
 * `no_report`: it accepted the update, but has not reported the new version since; `outdated_agent`: it does not know the
 * call.
 */
export type UpdateFailureCode = FailureCode | UpdateRefusal | "no_report" | "outdated_agent";

export interface UpdateFailure {
  code: UpdateFailureCode;
  detail: string;
}

const NOT_FOUND = 404;
const REFUSALS: readonly string[] = UPDATE_REFUSALS;
/** Final refusals; everything else may succeed later. */
const FINAL: readonly UpdateFailureCode[] = [
  "not_updatable",
  "invalid_signature",
  "damaged",
  "rejected",
  "not_written",
  "outdated_agent",
];

/** Only `not_written` needs a detail. */
export function updateFailureOf({ code, detail, status, error }: CallFailure): UpdateFailure {
  if (isRefusal(error)) return { code: error, detail: error === "not_written" ? detail : "" };
  return status === NOT_FOUND ? { code: "outdated_agent", detail: "" } : { code, detail };
}

function isRefusal(error: string | undefined): error is UpdateRefusal {
  return REFUSALS.includes(error ?? "");
}

/** Whether trying again is useless until a person has acted. */
export function isFinal({ code }: UpdateFailure): boolean {
  return FINAL.includes(code);
}

export function updateFailureInWords(
  { t }: Pick<Viewer, "t">,
  { code, detail }: { code: string; detail: string | null },
): string {
  return withDetail(t, codeInWords(t, code, "failure", "updateFailure") ?? code, detail);
}
