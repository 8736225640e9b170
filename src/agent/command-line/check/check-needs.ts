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

function findingOf({ id, outcome, value, detail }: ReportedCheck): Finding {
  const name = checkTexts.needNames[id] ?? id;
  const why = detail ? (checkTexts.needDetails[detail] ?? detail) : "";
  switch (outcome) {
    case "ok":
      return fine(checkTexts.needOk(name, value ?? ""));
    case "failed":
      return warning(checkTexts.needFailed(name, value ?? "", why));
    case "unknown":
      return fine(checkTexts.needUnknown(name, why));
  }
}
