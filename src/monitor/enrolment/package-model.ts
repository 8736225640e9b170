import { AGENT_PACKAGE_PATH, type AgentPackage } from "../../protocol/agent-package.ts";
import { buildCommand } from "../agents/build-command.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What is said of the package of the agent for Windows: where it is, or how it gets into its folder. */
export function packageModel(
  { t, format }: Viewer,
  found: AgentPackage | "absent" | "damaged",
  folder: string,
) {
  if (typeof found === "string") {
    return {
      url: null,
      missing: t(`enrolment.package.${found}`, { folder }),
      command: buildCommand(folder),
    };
  }
  const { version, size, sha256 } = found;
  return {
    url: AGENT_PACKAGE_PATH,
    facts: t("enrolment.package.facts", { version, size: format.bytes(size) }),
    sha256,
  };
}
