import { textFields } from "../forms/fields.ts";
import { findNameProblem, readName } from "./registry/names.ts";
import type { NewOrganization } from "./registry/registry.ts";

const FIELDS = ["name", "crmId"] as const;
const CRM_ID = /^\d{1,20}$/;

export interface OrganizationForm {
  typed: Record<(typeof FIELDS)[number], string>;
  organization: NewOrganization;
  /** Keys of the catalogs by field. */
  problems: Record<string, string>;
}

/** Reads the form of an organization. */
export function readOrganizationForm(body: unknown): OrganizationForm {
  const typed = textFields(body, FIELDS);
  const organization = { name: readName(typed.name), crmId: typed.crmId.trim() };
  const nameProblem = findNameProblem(organization.name);
  return {
    typed,
    organization,
    problems: {
      ...(nameProblem && { name: nameProblem }),
      ...(!CRM_ID.test(organization.crmId) && {
        crmId: organization.crmId ? "organization.problem.crmId" : "form.required",
      }),
    },
  };
}
