import { AGENT_PACKAGE_PATH } from "../../protocol/agent-package.ts";
import type { OfferedPackage } from "../agents/agent-packages.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What is said of the package of the agent for Windows: where it is, or how it gets into its folder. */
export function packageModel(
  { t, format }: Viewer,
  found: OfferedPackage | "absent" | "damaged",
  folder: string,
) {
  if (typeof found === "string") {
    return {
      url: null,
      missing: t(`enrolment.package.${found}`, { folder }),
      command: `npm run build:agent -- --to ${quoted(folder)}`,
    };
  }
  const { version, size, sha256 } = found;
  return {
    url: AGENT_PACKAGE_PATH,
    facts: t("enrolment.package.facts", { version, size: format.bytes(size) }),
    sha256,
  };
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
