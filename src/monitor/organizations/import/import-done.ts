import type { ToldKind } from "../../plugins/told-once.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { AppliedImport } from "./apply-import.ts";

/** What the list of organizations tells once after an import. */
export const IMPORT_DONE: ToldKind<AppliedImport> = { name: "import" };

/** What an import has done. */
export function importInWords({ t }: Viewer, applied: AppliedImport): string {
  const done = [
    t("import.done.organizations", { count: applied.createdOrganizations }),
    t("import.done.posServers", { count: applied.createdPosServers }),
    t("import.done.changed", { count: applied.changedPosServers }),
  ];
  return `${done.join(", ")}.`;
}
