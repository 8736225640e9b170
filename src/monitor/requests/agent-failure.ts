import type { CallFailure, FailureCode } from "../pos-client/calls/failure.ts";
import type texts from "../translations/ru/pos-client.json";
import { codeInWords, withDetail } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

/**
 * `outdated_agent`: it does not know this call; `refused`: it rejects the patterns; `busy`: it is already reading its
 * logs; `logs_unreadable`; `parked`: the POS server is; `restored_copy`: this monitor is a copy of one that may still run.
 */
export type AgentFailureCode = FailureCode | keyof typeof texts.agentFailure;

export interface AgentFailure {
  code: AgentFailureCode;
  detail: string;
}

const NOT_FOUND = 404;
const BUSY = [429, 503];

/** Of a call that not every agent knows. */
export function agentFailureOf({ code, detail, status, error }: CallFailure): AgentFailure {
  if (code !== "http_status" || status === undefined) return { code, detail };
  if (status === NOT_FOUND) return { code: "outdated_agent", detail: "" };
  if (BUSY.includes(status)) return { code: "busy", detail };
  if (error === "logs_unreadable") return { code: error, detail };
  return { code: status < 500 ? "refused" : code, detail };
}

/** Whether the agent itself refused, so that only a person can help. */
export function isRefusal({ code }: Pick<AgentFailure, "code">): boolean {
  return code === "outdated_agent" || code === "refused";
}

export function agentFailureInWords(
  { t }: Pick<Viewer, "t">,
  { code, detail }: { code: string; detail: string | null },
): string {
  return withDetail(t, codeInWords(t, code, "failure", "agentFailure") ?? code, detail);
}
