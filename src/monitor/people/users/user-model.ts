import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { userState } from "../registry/users.ts";
import { accessModel } from "./access-model.ts";
import { rightsModel, ticksModel } from "./rights-model.ts";
import type { Rights } from "./save-rights.ts";
import type { UserPage } from "./user-page.ts";

/** What the template of `/users/:id` shows. */
export function userModel(page: UserPage) {
  const { viewer, user, forms } = page;
  const { t } = viewer;
  const path = `/users/${user.id}`;
  const state = userState(user);
  const field = fieldsOf(t, { typed: { name: forms.name ?? user.name }, problems: forms.problems ?? {} });
  return {
    title: user.name,
    url: path,
    path,
    login: user.login,
    state: { name: state, text: t(`users.state.${state}`) },
    isAdministrator: user.isAdministrator,
    notice: forms.notice ? t(`users.notice.${forms.notice}`) : null,
    refusal: forms.refusal ? t(forms.refusal) : null,
    name: field("name", { label: t("users.name"), isRequired: true }),
    access: accessModel(page),
    rights: rightsModel(page),
  };
}

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
