import type { Confirmation } from "../forms/confirmation.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Organization } from "./registry/organizations.ts";

/** What is asked before an organization is archived. @param problem the key of why that was not done. */
export function archivingModel(
  { t }: Viewer,
  { id, name, crmId }: Organization,
  posServers: number,
  problem: string | null,
): Confirmation {
  const url = `/organizations/${id}`;
  return {
    title: t("organization.archiving.title", { name }),
    subtitle: t("posServers.crmId", { crmId }),
    texts: [
      posServers > 0
        ? t("organization.archiving.text", { count: posServers })
        : t("organization.archiving.textEmpty"),
      t("organization.archiving.wayBack"),
    ],
    problem: problem && t(problem),
    path: `${url}/archiving`,
    sends: { name: "archived", value: "1" },
    submit: t("organization.archiving.submit"),
    isDanger: true,
    backUrl: url,
  };
}
