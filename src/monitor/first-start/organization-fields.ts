import { fieldsOf } from "../forms/field-model.ts";
import type { OrganizationForm } from "../organizations/organization-form.ts";
import { MAX_NAME_LENGTH, readName } from "../organizations/registry/names.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Progress } from "./progress.ts";

/** A form that was refused, and of which agent it was. */
export interface RefusedOrganization {
  enrolmentId: number;
  typed: OrganizationForm["typed"] & { posServer: string };
  problems: OrganizationForm["problems"];
}

/**
 * The form that adds the organization of the agent that has waited longest; null when none waits, or an organization has its
 * CrmId already.
 */
export function organizationFields(
  { t }: Viewer,
  { awaited, organizations }: Progress,
  refused: RefusedOrganization | null,
) {
  const agent = refused ? awaited.find(({ id }) => id === refused.enrolmentId) : awaited[0];
  if (!agent) return null;
  const { id, crmId, host } = agent;
  const isKnown = organizations.some((organization) => organization.crmId === crmId);
  if (refused === null && (isKnown || (crmId === null && organizations.length > 0))) return null;
  const { typed, problems } = refused ?? {
    typed: { name: "", crmId: crmId ?? "", posServer: readName(host) },
    problems: {},
  };
  const field = fieldsOf(t, {
    typed,
    problems,
    limits: { maxLength: MAX_NAME_LENGTH, agentCrmId: crmId ?? "" },
  });
  return {
    enrolmentId: id,
    title: t("firstStart.confirm.newOrganization", { host }),
    fields: [
      field("name", { label: t("firstStart.confirm.organizationName"), isRequired: true }),
      field("crmId", { label: "CrmId", isRequired: true, inputMode: "numeric" }),
      field("posServer", {
        label: t("firstStart.confirm.posServerName"),
        isRequired: true,
        hint: t("enrolment.nameHint"),
      }),
    ],
  };
}
