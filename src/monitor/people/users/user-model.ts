import type { Confirmation } from "../../forms/confirmation.ts";
import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { type User, userState } from "../credentials/users.ts";
import type { Rights } from "./save-rights.ts";
import { ticksModel } from "./ticks.ts";

/** What stands in the forms of a user's page when it is not what is stored. */
export interface UserForms {
  name?: string;
  problems?: Record<string, string>;
  /** The key of a refusal that belongs to no field. */
  refusal?: string;
  /** The key of what was done. */
  notice?: string | null;
  /** Ticks that are not saved yet. */
  rights?: Rights;
  /** Which organizations are shown; the others are there, but hidden. */
  search?: string;
}

interface UserPage {
  viewer: Viewer;
  user: User;
  details: UserDetails;
  forms: UserForms;
  now: number;
}

/** What the page of a user shows besides the user. */
interface UserDetails {
  rights: Rights;
  organizations: ActiveOrganization[];
  /** Until when their link can be used (ms UTC, it may be over); null = they have none. */
  invitationExpiresAt: number | null;
  /** How many sessions are open. */
  sessions: number;
}

/** A form of one button: what it changes, how that is now, and what the button sends or where it asks. */
interface AccessForm {
  action: string;
  title: string;
  text: string;
  /** null = there is nothing to do. */
  button: {
    text: string;
    isDanger: boolean;
    sends: { name: string; value: string } | null;
    /** Where it is asked before it is done; null = it is done at once. */
    askedAt: string | null;
  } | null;
}

/** What is asked before it is done: the others are done at once and taken back as easily. */
export type AskedChange = "blocking" | "administration";

interface Asked {
  viewer: Viewer;
  user: User;
  /** Open ones, which a block ends. */
  sessions: number;
  /** The key of why it was not done. */
  problem: string | null;
}

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

/** The ticks of the right «Настройка предприятия», as stored or as ticked. */
function rightsModel({ viewer, user, details, forms }: Omit<UserPage, "now">) {
  const { search = "", rights = details.rights } = forms;
  const { organizations } = details;
  return {
    ...ticksModel(viewer, { organizations, rights, search, canBeSearchedOnServer: true }),
    path: `/users/${user.id}/rights`,
    isAdministrator: user.isAdministrator,
    isUnsaved: forms.rights !== undefined,
  };
}

/** How a user gets in, what they are, and what can be done about it. */
function accessModel({ viewer, user, details, now }: Omit<UserPage, "forms">): AccessForm[] {
  const { t } = viewer;
  const path = `/users/${user.id}`;
  return [
    {
      action: `${path}/invitations`,
      title: t("users.passwordTitle"),
      text: passwordText(viewer, user, details.invitationExpiresAt, now),
      button: user.isBlocked ? null : button(t(user.hasPassword ? "users.resetPassword" : "users.invite")),
    },
    sessions(t, path, details.sessions),
    administration(t, path, user),
    blocking(t, path, user),
  ];
}

function passwordText({ t, format }: Viewer, user: User, expiresAt: number | null, now: number): string {
  if (user.isBlocked) return t("users.linkWhenUnblocked");
  if (expiresAt === null) return t(user.hasPassword ? "users.passwordStays" : "users.passwordMissing");
  const time = format.time(expiresAt, now);
  return t(expiresAt <= now ? "users.linkExpired" : "users.linkValid", { time });
}

function sessions(t: Viewer["t"], path: string, count: number): AccessForm {
  const form = { action: `${path}/session-endings`, title: t("users.sessionsTitle") };
  return count > 0
    ? { ...form, text: t("users.sessions", { count }), button: button(t("users.endSessions")) }
    : { ...form, text: t("users.noSessions"), button: null };
}

function administration(t: Viewer["t"], path: string, { isAdministrator }: User): AccessForm {
  return {
    action: `${path}/administration`,
    title: t("users.administrator"),
    text: t(isAdministrator ? "users.isAdministrator" : "users.isNoAdministrator"),
    button: {
      ...button(t(isAdministrator ? "users.revokeAdministrator" : "users.makeAdministrator")),
      askedAt: `${path}/administration/new`,
    },
  };
}

function blocking(t: Viewer["t"], path: string, { isBlocked }: User): AccessForm {
  return {
    action: `${path}/blocking`,
    title: t("users.signInTitle"),
    text: t(isBlocked ? "users.isBlocked" : "users.isNotBlocked"),
    button: isBlocked
      ? { ...button(t("users.unblock")), sends: { name: "blocked", value: "no" } }
      : { ...button(t("users.block")), isDanger: true, askedAt: `${path}/blocking/new` },
  };
}

function button(text: string) {
  return { text, isDanger: false, sends: null, askedAt: null };
}

/** What is asked before a user is blocked. */
export function blockingConfirmation({ viewer, user, sessions, problem }: Asked): Confirmation {
  const { t } = viewer;
  return {
    ...asked(viewer, user, "blocking", problem),
    title: t("users.blocking.title", { name: user.name }),
    texts: [
      sessions > 0 ? t("users.blocking.text", { count: sessions }) : t("users.blocking.textSignedOut"),
      t("users.blocking.wayBack"),
    ],
    sends: { name: "blocked", value: "yes" },
    submit: t("users.block"),
    isDanger: true,
  };
}

/** What is asked before a user becomes a system administrator, or is none any more. */
export function administrationConfirmation({ viewer, user, problem }: Asked): Confirmation {
  const { t } = viewer;
  const change = user.isAdministrator ? "revoking" : "granting";
  const isOwn = user.isAdministrator && viewer.user?.id === user.id;
  return {
    ...asked(viewer, user, "administration", problem),
    title: t(`users.${change}.title`, { name: user.name }),
    texts: [t(`users.${change}.text`), isOwn ? t("users.revoking.own") : t(`users.${change}.wayBack`)],
    sends: { name: "administrator", value: user.isAdministrator ? "no" : "yes" },
    submit: t(`users.${change}.submit`),
    isDanger: user.isAdministrator,
  };
}

function asked({ t }: Viewer, { id, login }: User, change: AskedChange, problem: string | null) {
  const backUrl = `/users/${id}`;
  return { subtitle: login, problem: problem && t(problem), path: `${backUrl}/${change}`, backUrl };
}
