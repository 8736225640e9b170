import { fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";

export interface SignInPage {
  login: string;
  returnTo: string;
  /** The key of why the sign-in was refused. */
  problem: string | null;
  /** Their session has ended, maybe when they sent a form, which was not carried out. */
  ended: "ended" | "unsent" | null;
}

/** What the template of `/login` shows. */
export function signInModel({ t }: Viewer, { login, returnTo, problem, ended }: SignInPage) {
  const isPasswordAwaited = problem !== null && login !== "";
  const field = fieldsOf(t, { typed: { login }, problems: {} });
  return {
    problem: problem && t(`login.${problem}`),
    ended: ended && t(`login.${ended}`),
    returnTo,
    fields: [
      field("login", {
        label: t("login.login"),
        autocomplete: "username",
        isRequired: true,
        isFocused: !isPasswordAwaited,
      }),
      field("password", {
        label: t("login.password"),
        type: "password",
        autocomplete: "current-password",
        isRequired: true,
        isFocused: isPasswordAwaited,
      }),
    ],
  };
}
