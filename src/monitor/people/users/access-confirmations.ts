import type { Confirmation } from "../../forms/confirmation.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { User } from "../registry/users.ts";

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
