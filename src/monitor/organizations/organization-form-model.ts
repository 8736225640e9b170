import { fieldsOf } from "../forms/field-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { OrganizationForm } from "./organization-form.ts";
import { MAX_NAME_LENGTH } from "./registry/names.ts";
import type { Organization } from "./registry/organizations.ts";

type FilledOrganizationForm = Pick<OrganizationForm, "typed" | "problems">;

/** What the template of `/organizations/new` shows. */
export function newOrganizationModel({ t }: Viewer, { typed, problems }: FilledOrganizationForm) {
  const field = fieldsOf(t, { typed, problems, limits: { maxLength: MAX_NAME_LENGTH } });
  return {
    hasProblems: Object.keys(problems).length > 0,
    fields: [
      field("name", { label: t("organization.name"), isRequired: true, isFocused: true }),
      field("crmId", {
        label: "CrmId",
        isRequired: true,
        inputMode: "numeric",
        hint: t("organization.crmIdHint"),
      }),
    ],
  };
}

/** What the template of `/organizations/:id/edit` shows. */
export function changedOrganizationModel(
  viewer: Viewer,
  { id, name }: Organization,
  form: FilledOrganizationForm,
) {
  return { title: name, path: `/organizations/${id}`, ...newOrganizationModel(viewer, form) };
}
