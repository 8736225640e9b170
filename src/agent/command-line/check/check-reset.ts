import { errorText } from "../../../protocol/error-text.ts";
import type { AgentConfig } from "../../config/config.ts";
import { findDatabaseFiles } from "../../database/find-database-files.ts";
import { checkMovable } from "../../quarantine/check-movable.ts";
import { missingServiceCommands } from "../../service-control/service-control.ts";
import { checkTexts } from "../../texts/check-texts.ts";
import { type Finding, fine, warning } from "./finding.ts";

const MAX_NAMED_FILES = 20;

/** Whether a reset of the database could work: what it would move, where to, and whether it may. */
export async function checkReset({ database, service }: AgentConfig): Promise<Finding[]> {
  const findings = missingServiceCommands(service, ["stop", "start"]).map((setting) =>
    warning(checkTexts.resetCommandMissing(setting)),
  );
  const files = await findDatabaseFiles(database);
  if (files.length === 0) return [...findings, warning(checkTexts.nothingToReset)];
  const names = files.map(({ name }) => name).sort();
  findings.push(fine(checkTexts.resetFiles(names.slice(0, MAX_NAMED_FILES).join(", "))));
  if (names.length > MAX_NAMED_FILES) findings.push(fine(checkTexts.moreResetFiles(names.length)));
  try {
    await checkMovable(database, files);
    findings.push(fine(checkTexts.quarantine(database.quarantineDirectory, database.quarantineDays)));
  } catch (error) {
    findings.push(warning(checkTexts.cannotMove(errorText(error))));
  }
  findings.push(fine(checkTexts.resetRights));
  return findings;
}
