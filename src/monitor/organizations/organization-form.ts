import { Type } from "typebox";
import { readForm, Text } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import { findNameProblem, readName } from "./registry/names.ts";
import type { NewOrganization } from "./registry/registry.ts";

const CRM_ID = /^\d{1,20}$/;
const OrganizationFields = Type.Object({ name: Text, crmId: Text, enrolment: Text });

export interface OrganizationForm {
  typed: Record<"name" | "crmId", string>;
  organization: NewOrganization;
  enrolmentId: number | null;
  /** Keys of the catalogs by field. */
  problems: Record<string, string>;
}

export function readOrganizationForm(sent: unknown): OrganizationForm {
  const { enrolment, ...typed } = readForm(OrganizationFields, sent);
  const organization = { name: readName(typed.name), crmId: typed.crmId.trim() };
  const nameProblem = findNameProblem(organization.name);
  return {
    typed,
    organization,
    enrolmentId: readId(enrolment),
    problems: {
      ...(nameProblem && { name: nameProblem }),
      ...(!CRM_ID.test(organization.crmId) && {
        crmId: organization.crmId ? "organization.problem.crmId" : "form.required",
      }),
    },
  };
}
