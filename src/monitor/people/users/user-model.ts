import { fieldsOf } from "../../forms/field-model.ts";
import { userState } from "../registry/users.ts";
import { accessModel } from "./access-model.ts";
import { rightsModel } from "./rights-model.ts";
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
