import { keepFindings } from "../../database/keep-findings.ts";
import type { OpenDatabase } from "../../database/open.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import { findOrganizationAccess } from "../../viewer/rights.ts";
import { findSession, type OpenSession } from "./sessions.ts";

const MAX_KEPT = 1_000;
/** A session ends by time too, which is no change of the database. */
const MAX_AGE_MS = 5_000;

export interface SessionWithRights {
  session: OpenSession;
  organizations: OrganizationAccess;
}

/**
 * Reads sessions with the rights of their users; what was read lately is kept, since every refresh asks.
 * @returns a function that gives the session of a token, or null.
 */
export function createSessionReader(
  database: OpenDatabase,
  clock: () => number,
): (token: string) => Promise<SessionWithRights | null> {
  const { db } = database;
  const keep = keepFindings<SessionWithRights | null>({
    database,
    maxKept: MAX_KEPT,
    maxAgeMs: MAX_AGE_MS,
    clock,
  });

  return (token) =>
    keep(token, async () => {
      const session = await findSession(db, token, clock());
      if (!session) return null;
      return { session, organizations: await findOrganizationAccess(db, { ...session, id: session.userId }) };
    });
}
