import type { OpenDatabase } from "../../database/open.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import { findOrganizationAccess } from "../registry/rights.ts";
import { findSession, type OpenSession } from "./sessions.ts";

const MAX_KEPT = 1_000;
const MAX_AGE_MS = 5_000;

export interface SessionWithRights {
  session: OpenSession;
  organizations: OrganizationAccess;
}

/** Reads sessions with the rights of their users; what was read lately is kept, since every refresh asks. */
export interface SessionReader {
  read(token: string): Promise<SessionWithRights | null>;
  /** To be called when users, rights or sessions may have changed in this process: nothing kept is used again. */
  forget(): void;
}

export function createSessionReader(
  { db, othersRevision }: OpenDatabase,
  clock: () => number,
): SessionReader {
  const kept = new Map<string, { found: SessionWithRights; readAt: number }>();
  let keptRevision: number | null = null;

  return {
    async read(token) {
      const now = clock();
      const revision = othersRevision();
      if (revision !== keptRevision || kept.size >= MAX_KEPT) kept.clear();
      keptRevision = revision;
      const known = kept.get(token);
      if (known && Math.abs(now - known.readAt) < MAX_AGE_MS) return known.found;

      const session = await findSession(db, token, now);
      if (!session) return null;
      const user = { ...session, id: session.userId };
      const found = { session, organizations: await findOrganizationAccess(db, user) };
      kept.set(token, { found, readAt: now });
      return found;
    },
    forget() {
      kept.clear();
    },
  };
}
