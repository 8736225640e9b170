import { Type } from "typebox";
import { readForm, readId, Text } from "../forms/fields.ts";
import { findNameProblem, readName } from "../registry/names.ts";

const CRM_ID = /^\d{1,20}$/;
const OrganizationFields = Type.Object({ name: Text, crmId: Text, enrolment: Text });

/** `problems`: keys of the catalogs by field. */
export type OrganizationForm = ReturnType<typeof readOrganizationForm>;

export function readOrganizationForm(sent: unknown) {
  const { enrolment, ...typed } = readForm(OrganizationFields, sent);
  const organization = { name: readName(typed.name), crmId: typed.crmId.trim() };
  const nameProblem = findNameProblem(organization.name);
  const problems: Record<string, string> = {
    ...(nameProblem && { name: nameProblem }),
    ...(!CRM_ID.test(organization.crmId) && {
      crmId: organization.crmId ? "organization.problem.crmId" : "form.required",
    }),
  };
  return { typed, organization, enrolmentId: readId(enrolment), problems };
}
