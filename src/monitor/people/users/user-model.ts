import type { Rights } from "../../access/save-rights.ts";
import { ticksModel } from "../../access/ticks.ts";
import { type User, userState } from "../../access/users.ts";
import { type Confirmation, type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import type { ActiveOrganization } from "../../registry/organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";

/** What the forms of a user's page show instead of the stored values. */
export interface UserForms {
  name?: string;
  problems?: Record<string, string>;
  /** The key of a refusal that belongs to no field. */
  refusal?: string;
  /** The key of what was done. */
  notice?: string | null;
}

interface UserPage {
  viewer: Viewer;
  user: User;
  details: {
    rights: Rights;
    seesNothing: boolean;
    organizations: ActiveOrganization[];
    /** Until when their link can be used (ms UTC, it may be over); null = they have none. */
    invitationExpiresAt: number | null;
    sessions: number;
  };
  forms: UserForms;
  now: number;
}

interface AccessForm {
  action: string;
  title: string;
  text: string;
  /** null = there is nothing to do. */
  button: {
    text: string;
    isDanger?: boolean;
    sends?: { name: string; value: string };
    /** The address of a question; without it the button acts at once. */
    askedAt?: string;
  } | null;
}

/** What is asked before it is done. */
export type AskedChange = "blocking" | "administration";

interface Asked {
  viewer: Viewer;
  user: User;
  /** How many are open, which a block ends. */
  sessions: number;
  /** Names of their tokens and links to the wall, which a block ends too. */
  tokens: readonly string[];
  /** The key of why it was refused. */
  problem: string | null;
}

export function userModel(page: UserPage) {
  const { viewer, user, details, forms } = page;
  const { t } = viewer;
  const path = `/users/${user.id}`;
  const state = userState(user);
  const field = fieldsOf(t, { typed: { name: forms.name ?? user.name }, problems: forms.problems ?? {} });
  const { organizations, rights } = details;
  return {
    title: user.name,
    url: path,
    path,
    login: user.login,
    state: { name: state, text: t(`users.state.${state}`) },
    isAdministrator: user.isAdministrator,
    notice: forms.notice ? t(`users.notice.${forms.notice}`) : null,
    refusal: forms.refusal ? t(forms.refusal) : null,
    seesNothing: details.seesNothing,
    name: field("name", { label: t("users.name"), isRequired: true }),
    access: accessForms(page),
    rights: {
      ...ticksModel(viewer, { organizations, rights }),
      path: `${path}/rights`,
      isAdministrator: user.isAdministrator,
    },
  };
}

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
    rights: ticksModel(viewer, { organizations, rights }),
  };
}

function accessForms({ viewer, user, details, now }: UserPage): AccessForm[] {
  const { t } = viewer;
  const path = `/users/${user.id}`;
  const { hasPassword, isAdministrator, isBlocked } = user;
  const { sessions } = details;
  return [
    {
      action: `${path}/invitations`,
      title: t("login.password"),
      text: passwordText(viewer, user, details.invitationExpiresAt, now),
      button: isBlocked ? null : { text: t(hasPassword ? "users.resetPassword" : "users.invite") },
    },
    {
      action: `${path}/session-endings`,
      title: t("users.sessionsTitle"),
      text: sessions > 0 ? t("users.sessions", { count: sessions }) : t("users.noSessions"),
      button: sessions > 0 ? { text: t("users.endSessions") } : null,
    },
    {
      action: `${path}/administration`,
      title: t("users.administrator"),
      text: t(isAdministrator ? "users.isAdministrator" : "users.isNoAdministrator"),
      button: {
        text: t(isAdministrator ? "users.revokeAdministrator" : "users.makeAdministrator"),
        askedAt: `${path}/administration/new`,
      },
    },
    {
      action: `${path}/blocking`,
      title: t("users.signInTitle"),
      text: t(isBlocked ? "users.isBlocked" : "users.isNotBlocked"),
      button: isBlocked
        ? { text: t("users.unblock"), sends: { name: "blocked", value: "no" } }
        : { text: t("users.block"), isDanger: true, askedAt: `${path}/blocking/new` },
    },
  ];
}

function passwordText({ t, format }: Viewer, user: User, expiresAt: number | null, now: number): string {
  if (user.isBlocked) return t("users.linkWhenUnblocked");
  if (expiresAt === null) return t(user.hasPassword ? "users.passwordStays" : "users.passwordMissing");
  const time = format.time(expiresAt, now);
  return t(expiresAt <= now ? "users.linkExpired" : "users.linkValid", { time });
}

export function blockingConfirmation({ viewer, user, sessions, tokens, problem }: Asked): Confirmation {
  const { t } = viewer;
  return {
    ...asked(viewer, user, "blocking", problem),
    title: t("users.blocking.title", { name: user.name }),
    texts: [
      sessions > 0 ? t("users.blocking.text", { count: sessions }) : t("users.blocking.textSignedOut"),
      ...(tokens.length > 0
        ? [t("users.blocking.tokens", { names: tokens.map((text) => t("quoted", { text })).join(", ") })]
        : []),
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
