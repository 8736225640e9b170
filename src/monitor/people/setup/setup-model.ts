import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";

/** What the template of `/setup` shows. */
export function setupModel({ t }: Viewer, form: FilledForm) {
  const field = fieldsOf(t, form);
  const secret = { type: "password", isRequired: true };
  return {
    fields: [
      field("token", {
        ...secret,
        label: t("setup.token"),
        isFocused: true,
        // Whoever had the right one is not sent to its file again.
        value: form.problems.token ? "" : (form.typed.token ?? ""),
      }),
      field("login", { label: t("setup.login"), autocomplete: "username", isRequired: true }),
      field("name", {
        label: t("setup.name"),
        autocomplete: "name",
        isRequired: true,
        hint: t("users.nameHint"),
      }),
      field("password", {
        ...secret,
        label: t("setup.password"),
        autocomplete: "new-password",
        hint: t("password.hint"),
      }),
      field("repeated", { ...secret, label: t("setup.repeated"), autocomplete: "new-password" }),
      field("publicAddress", {
        label: t("settings.label.publicAddress"),
        hint: `${t("settings.hint.publicAddress")} ${t("setup.changeLater")}`,
        inputMode: "url",
      }),
    ],
  };
}
