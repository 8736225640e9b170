import type { ReportedCheck } from "../../../protocol/status-report.ts";
import { createChecks } from "../../checks/checks.ts";
import { runCheck } from "../../checks/run-checks.ts";
import type { AgentConfig } from "../../config/config.ts";
import { createServiceControl } from "../../service-control/service-control.ts";
import { checkTexts } from "../../texts/check-texts.ts";
import { type Finding, fine, warning } from "./finding.ts";

/** What the agent looks at from time to time, once. */
export async function checkNeeds(config: AgentConfig): Promise<Finding[]> {
  const control = createServiceControl(config.service, { set: () => {} });
  const checks = createChecks(config, control);
  return (await Promise.all(checks.map((check) => runCheck(check)))).map(findingOf);
}

/** Says what one look found. */
export function findingOf({ id, outcome, value, detail }: ReportedCheck): Finding {
  const name = checkTexts.needNames[id] ?? id;
  const found = value ? (checkTexts.needValues[value] ?? value) : "";
  const why = detail ? inWords(detail) : "";
  switch (outcome) {
    case "ok":
      return fine(checkTexts.needOk(name, found, why));
    case "failed":
      return warning(checkTexts.needFailed(name, found, why));
    case "unknown":
      return fine(checkTexts.needUnknown(name, why));
  }
}

/** @param detail a word, perhaps with more behind a colon. */
function inWords(detail: string): string {
  const [, word = "", more = ""] = /^(\w+):(.+)$/s.exec(detail) ?? [];
  return checkTexts.needDetailsOf[word]?.(more) ?? checkTexts.needDetails[detail] ?? detail;
}
