import type { TcpNetConnectOpts } from "node:net";
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { systemAuthorities } from "../../../protocol/certificates.ts";
import { normalizeFingerprint } from "../../../protocol/pairing-string.ts";
import { CallError } from "../calls/call-error.ts";
import { MAX_TLS_SESSIONS } from "../calls/limits.ts";
import type { Target } from "./connector.ts";

export type SecureTransport = ReturnType<typeof createSecureTransport>;

interface KeptSession {
  origin: string;
  fingerprint: string | null;
  session: Buffer;
}

/** TLS to POS servers, whose certificate is pinned or verified by the system's authorities. */
export function createSecureTransport() {
  const sessions = createTlsSessions();
  // Contexts are shared: making one costs more than a handshake.
  const pinnedContext = createSecureContext({ ca: [] });
  let systemContext: SecureContext | undefined;

  return {
    connect(target: Target, options: TcpNetConnectOpts): TLSSocket {
      const isPinned = target.fingerprint !== null;
      if (!isPinned) systemContext ??= createSecureContext({ ca: systemAuthorities() });
      const session = sessions.find(target);
      return connect({
        ...options,
        ...(target.isLiteralAddress ? {} : { servername: target.hostname }),
        ...(session ? { session } : {}),
        secureContext: isPinned ? pinnedContext : systemContext,
        rejectUnauthorized: !isPinned,
      });
    },
    /** Called on `secureConnect`, before anything is sent. @returns why the POS server cannot be trusted, or null. */
    verify(target: Target, socket: TLSSocket): CallError | null {
      // A resumed session shows no certificate: it was kept with the one that is pinned.
      if (target.fingerprint !== null && !socket.isSessionReused()) {
        const presented = normalizeFingerprint(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
        if (presented !== target.fingerprint) {
          return new CallError("certificate_changed", `certificate ${presented ?? "missing"}`);
        }
      }
      keepSessions(target, socket);
      return null;
    },
    forget: (id: number) => sessions.drop(id),
  };

  function keepSessions(target: Target, socket: TLSSocket): void {
    const session = socket.getProtocol() === "TLSv1.3" ? undefined : socket.getSession();
    if (session) sessions.keep(target, session);
    socket.on("session", (offered: Buffer) => sessions.keep(target, offered));
  }
}

/**
 * A resumed session shows no certificate, so it serves only the origin and fingerprint that it was verified with. A full
 * cache accepts no new POS server: polls go round, and evicting others would leave none to resume.
 */
function createTlsSessions() {
  const sessions = new Map<number, KeptSession>();

  return {
    find(target: Target): Buffer | undefined {
      const kept = sessions.get(target.id);
      if (kept?.origin !== target.origin || kept.fingerprint !== target.fingerprint) return undefined;
      return kept.session;
    },
    keep(target: Target, session: Buffer): void {
      if (sessions.size >= MAX_TLS_SESSIONS && !sessions.has(target.id)) return;
      sessions.set(target.id, { origin: target.origin, fingerprint: target.fingerprint, session });
    },
    drop: (id: number) => void sessions.delete(id),
  };
}
