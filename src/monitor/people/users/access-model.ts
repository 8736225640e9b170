import type { Confirmation } from "../../forms/confirmation.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { User } from "../registry/users.ts";
import type { UserPage } from "./user-page.ts";

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

/** How a user gets in, what they are, and what can be done about it. */
export function accessModel({ viewer, user, details, now }: Omit<UserPage, "forms">): AccessForm[] {
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
