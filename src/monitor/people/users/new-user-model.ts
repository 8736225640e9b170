import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";

/** What the template of `/users/new` shows. */
export function newUserModel({ t }: Viewer, form: FilledForm) {
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
  };
}
