import { fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";

/** What the template of `/login` shows. @param problem the key of why the sign-in was refused. */
export function signInModel(
  { t }: Viewer,
  { login, returnTo, problem }: { login: string; returnTo: string; problem: string | null },
) {
  const field = fieldsOf(t, { typed: { login }, problems: {} });
  return {
    problem: problem && t(`login.${problem}`),
    returnTo,
    fields: [
      field("login", {
        label: t("login.login"),
        autocomplete: "username",
        isRequired: true,
        isFocused: true,
      }),
      field("password", {
        label: t("login.password"),
        type: "password",
        autocomplete: "current-password",
        isRequired: true,
      }),
    ],
  };
}
