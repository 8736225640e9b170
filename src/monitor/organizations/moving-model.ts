import type { findToldOrganization } from "../fleet/told-organization.ts";
import type { Confirmation } from "../forms/confirmation.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { RegisteredPosServer } from "./registry/pos-servers.ts";

/** The organization whose CrmId a POS server tells. */
export type ToldOrganization = NonNullable<Awaited<ReturnType<typeof findToldOrganization>>>;

/** What is asked before a POS server is moved. @param problem the key of why that was not done. */
export function movingModel(
  { t }: Viewer,
  { id, name, organizationName, crmId }: RegisteredPosServer,
  told: ToldOrganization,
  problem: string | null,
): Confirmation {
  const url = `/pos-servers/${id}`;
  return {
    title: t("posServer.moving.title", { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    texts: [
      t("posServer.moving.text", { organization: told.name, crmId: told.crmId }),
      t("posServer.moving.rights"),
      t("posServer.moving.history"),
    ],
    problem: problem && t(problem, { organization: told.name }),
    path: `${url}/moves`,
    sends: { name: "organization", value: String(told.id) },
    submit: t("posServer.moving.submit"),
    isDanger: false,
    backUrl: url,
  };
}
