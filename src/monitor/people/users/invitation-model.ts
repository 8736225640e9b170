import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { User } from "../registry/users.ts";

/** What is shown once to whoever has made a link for a user: the link. @param link null = it has been shown. */
export function linkModel(
  { t }: Viewer,
  { id, name, login }: Pick<User, "id" | "name" | "login">,
  link: string | null,
) {
  const text = link === null ? "users.linkTold" : "users.linkFor";
  return { url: `/users/${id}`, text: t(text, { name, login }), link };
}

/** What the page shows whose link invites a user to set the password; whoever has signed in here is not named. */
export function invitationModel(
  { t }: Viewer,
  { name, login }: Pick<User, "name" | "login">,
  problems: FilledForm["problems"],
) {
  const field = fieldsOf(t, { typed: {}, problems });
  const secret = { type: "password", autocomplete: "new-password", isRequired: true };
  return {
    user: null,
    text: t("invitation.text", { name }),
    login,
    fields: [
      field("password", {
        ...secret,
        label: t("invitation.password"),
        isFocused: true,
        hint: t("password.hint"),
      }),
      field("repeated", { ...secret, label: t("invitation.repeated") }),
    ],
  };
}

/** What is shown in its place when the link is no longer good, or too many links were tried from here. */
export function invitationGoneModel({ t }: Viewer, isAllowed: boolean) {
  const reason = isAllowed ? "gone" : "tooMany";
  return { title: t(`invitation.${reason}Title`), text: t(`invitation.${reason}Text`), url: "/login" };
}
