import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { ticksModel } from "./rights-model.ts";
import type { Rights } from "./save-rights.ts";

/** What the template of `/users/new` shows. */
export function newUserModel(
  viewer: Viewer,
  form: FilledForm & { rights: Rights; organizations: readonly ActiveOrganization[] },
) {
  const { t } = viewer;
  const { rights, organizations } = form;
  const field = fieldsOf(t, form);
  return {
    hasProblems: Object.keys(form.problems).length > 0,
    fields: [
      field("login", {
        label: t("users.login"),
        isRequired: true,
        isFocused: true,
        hint: t("users.loginHint"),
      }),
      field("name", { label: t("users.name"), isRequired: true, hint: t("users.nameHint") }),
    ],
    rights: ticksModel(viewer, { organizations, rights, search: "", canBeSearchedOnServer: false }),
  };
}
