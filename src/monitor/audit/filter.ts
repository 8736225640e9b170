import { AUDIT_ACTIONS, type AuditAction } from "../audit-log/actions.ts";
import { queryReader, readId } from "../forms/fields.ts";
import { readDay } from "../viewer/local-time.ts";
import type { AuditChoices } from "./choices.ts";

const FIELDS = ["user", "action", "organization", "posServer", "batch", "from", "to", "before"] as const;
const CURSOR = /^(\d{1,15})\.(\d{1,15})$/;
/** `user` for events without an account: unknown logins, the command line. */
export const NO_ACCOUNT = "none";

/** The last event of a page; the next page begins after it. */
export interface AuditCursor {
  at: number;
  id: number;
}

/** The query of `/audit`; null = all. */
export interface AuditFilter {
  user: number | typeof NO_ACCOUNT | null;
  action: AuditAction | null;
  organizationId: number | null;
  posServerId: number | null;
  /** What was done in a batch, which is one entry otherwise. */
  batchId: number | null;
  /** First and last day, `YYYY-MM-DD` in the viewer's zone. */
  from: string | null;
  to: string | null;
  before: AuditCursor | null;
}

export interface ReadAuditFilter {
  filter: AuditFilter;
  /** As typed (shortened). `period`: the last day is before the first one. */
  problems: Partial<Record<(typeof FIELDS)[number] | "period", string>>;
}

/** A malformed value counts as not given and is named in `problems`. */
export function parseAuditFilter(query: unknown): ReadAuditFilter {
  const problems: ReadAuditFilter["problems"] = {};
  const read = queryReader(query, problems);
  const filter: AuditFilter = {
    user: read("user", (text) => (text === NO_ACCOUNT ? NO_ACCOUNT : readId(text))),
    action: read("action", (text) => AUDIT_ACTIONS.find((action) => action === text) ?? null),
    organizationId: read("organization", readId),
    posServerId: read("posServer", readId),
    batchId: read("batch", readId),
    from: read("from", readDay),
    to: read("to", readDay),
    before: read("before", readCursor),
  };
  if (filter.from !== null && filter.to !== null && filter.to < filter.from) {
    problems.period = filter.to;
    filter.to = null;
  }
  return { filter, problems };
}

/** Leaves out what the viewer cannot choose; what they may not see is reported as if it did not exist. */
export function keepChoices({ filter, problems }: ReadAuditFilter, choices: AuditChoices): ReadAuditFilter {
  const { user, organizationId, posServerId } = filter;
  const kept = { ...filter };
  const named = { ...problems };
  const hasId = (list: readonly { id: number }[], id: number | null) =>
    id === null || list.some((item) => item.id === id);
  if (user === NO_ACCOUNT ? !choices.hasNoAccount : !hasId(choices.users, user)) {
    kept.user = null;
    named.user = String(user);
  }
  if (!hasId(choices.organizations, organizationId)) {
    kept.organizationId = null;
    named.organization = String(organizationId);
  }
  if (!hasId(choices.posServers, posServerId)) {
    kept.posServerId = null;
    named.posServer = String(posServerId);
  }
  return { filter: kept, problems: named };
}

/** @param before the page begins after it. */
export function auditUrl(
  filter: AuditFilter,
  before: AuditCursor | null,
  path: "/audit" | "/audit.xlsx" = "/audit",
): string {
  const {
    user,
    action,
    organizationId: organization,
    posServerId: posServer,
    batchId: batch,
    from,
    to,
  } = filter;
  const values = { user, action, organization, posServer, batch, from, to };
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(values)) {
    if (value !== null) query.set(field, String(value));
  }
  if (before) query.set("before", `${before.at}.${before.id}`);
  return query.size > 0 ? `${path}?${query}` : path;
}

function readCursor(text: string): AuditCursor | null {
  const [, at, id] = (CURSOR.exec(text) ?? []).map(Number);
  return at === undefined || id === undefined ? null : { at, id };
}
