import { MAX_TLS_SESSIONS } from "../calls/limits.ts";
import type { Target } from "./target.ts";

interface KeptSession {
  origin: string;
  fingerprint: string | null;
  session: Buffer;
}

/**
 * TLS sessions by POS server. A resumed session shows no certificate, so one is only given back for the origin and
 * the fingerprint that it was verified with.
 */
export interface TlsSessions {
  find(target: Target): Buffer | undefined;
  keep(target: Target, session: Buffer): void;
  drop(id: number): void;
}

/** A full cache takes no new POS server in: polls go round, and pushing others out would leave none to resume. */
export function createTlsSessions(maxSessions = MAX_TLS_SESSIONS): TlsSessions {
  const sessions = new Map<number, KeptSession>();

  return {
    find(target) {
      const kept = sessions.get(target.id);
      if (kept?.origin !== target.origin || kept.fingerprint !== target.fingerprint) return undefined;
      return kept.session;
    },
    keep(target, session) {
      if (sessions.size >= maxSessions && !sessions.has(target.id)) return;
      sessions.set(target.id, { origin: target.origin, fingerprint: target.fingerprint, session });
    },
    drop: (id) => void sessions.delete(id),
  };
}
