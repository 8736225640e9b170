import type { FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Actor } from "../../audit-log/record-event.ts";
import { keepFindings } from "../../database/keep-findings.ts";
import type { OpenDatabase } from "../../database/open.ts";
import { CSRF_COOKIE, SESSION_COOKIE } from "../../plugins/security.ts";
import { findOrganizationAccess, type OrganizationAccess } from "../../viewer/access.ts";
import { presentationFor, type SignedInUser, type Viewer } from "../../viewer/viewer.ts";
import {
  beginSession,
  continueSession,
  findSession,
  MAX_LIFETIME_MS,
  type OpenSession,
  pruneSessions,
} from "./sessions.ts";

const MAX_KEPT = 1_000;
/** Sessions also end by time, without a change of the database. */
const MAX_AGE_MS = 5_000;

declare module "fastify" {
  interface FastifyContextConfig {
    /** `false` where nobody is signed in whatever their cookie says, so that no session is read or prolonged. */
    session?: false;
  }
  interface FastifyInstance {
    pruneSessions(): Promise<void>;
  }
  interface FastifyRequest {
    viewer: Viewer;
    /** Who acts, for the audit log. */
    actor(): Actor;
    /** The signed-in user, on routes that only signed-in users reach. */
    signedInUser(): SignedInUser;
  }
  interface FastifyReply {
    /** Begins a session with a new id, whatever cookie the browser had before. */
    signIn(userId: number): Promise<void>;
    clearSession(): void;
  }
}

export const LANGUAGE_COOKIE = "language";
/** Set by the browser itself (public/js/poswatch.js). */
const TIME_ZONE_COOKIE = "timeZone";
const SEEN_EVERY_MS = 60_000;

export default fp(
  async (app) => {
    const { db } = app.database;
    const { clock, config } = app;
    const readSession = createSessionReader(app.database, clock);
    app.decorate("pruneSessions", () => pruneSessions(db, clock()));
    app.decorateRequest("viewer");
    app.decorateRequest("actor", function (this: FastifyRequest) {
      const { user } = this.viewer;
      return {
        userId: user?.id ?? null,
        login: user?.login ?? "",
        name: user?.name ?? null,
        address: this.ip,
      };
    });
    app.decorateRequest("signedInUser", function (this: FastifyRequest) {
      if (!this.viewer.user) throw new Error("This route is not for signed-in users only");
      return this.viewer.user;
    });
    app.decorateReply("signIn", async function (this: FastifyReply, userId: number) {
      const { ip: address, headers } = this.request;
      const from = { address, browser: headers["user-agent"] ?? "" };
      const token = await beginSession(db, userId, from, clock());
      this.setCookie(SESSION_COOKIE, token, {
        path: "/",
        httpOnly: true,
        sameSite: "lax",
        secure: config.tls !== null || this.request.protocol === "https",
        maxAge: MAX_LIFETIME_MS / 1000,
      });
      this.clearCookie(CSRF_COOKIE, { path: "/" });
    });
    app.decorateReply("clearSession", function (this: FastifyReply) {
      this.clearCookie(SESSION_COOKIE, { path: "/" });
      this.clearCookie(CSRF_COOKIE, { path: "/" });
    });

    app.addHook("onRequest", async (request) => {
      // The error page needs a viewer too when sessions cannot be read.
      request.viewer = toViewer(request, null);
      const { access, session } = request.routeOptions.config ?? {};
      if (session === false || typeof access === "object") return;
      const token = request.cookies[SESSION_COOKIE];
      const found = token ? await readSession(token) : null;
      if (!found) return;
      request.viewer = toViewer(request, found);
      await recordUse(request, found);
    });

    async function recordUse(request: FastifyRequest, { session }: SessionWithRights): Promise<void> {
      const isAutomatic = request.isPartial && request.headers["hx-ptag"] !== undefined;
      if (isAutomatic || clock() - session.seenAt < SEEN_EVERY_MS) return;
      session.seenAt = clock();
      try {
        await continueSession(db, session.id, session.seenAt);
      } catch (error) {
        // A database that cannot be written now is no reason to refuse a page.
        request.log.warn({ err: error }, "The use of a session could not be recorded");
      }
    }
  },
  { name: "sessions", dependencies: ["database", "security", "hypermedia"] },
);

function toViewer({ cookies }: FastifyRequest, found: SessionWithRights | null): Viewer {
  const session = found?.session;
  const language = session?.language ?? cookies[LANGUAGE_COOKIE];
  return {
    user: session
      ? {
          id: session.userId,
          sessionId: session.id,
          login: session.login,
          name: session.name,
          isAdministrator: session.isAdministrator,
          chosenTimeZone: session.timeZone,
        }
      : null,
    organizations: found?.organizations ?? [],
    ...presentationFor(language, session?.timeZone ?? cookies[TIME_ZONE_COOKIE]),
  };
}

interface SessionWithRights {
  session: OpenSession;
  organizations: OrganizationAccess;
}

function createSessionReader(database: OpenDatabase, clock: () => number) {
  const { db } = database;
  const keep = keepFindings<SessionWithRights | null>({
    database,
    maxKept: MAX_KEPT,
    maxAgeMs: MAX_AGE_MS,
    clock,
  });

  return (token: string) =>
    keep(token, async () => {
      const session = await findSession(db, token, clock());
      if (!session) return null;
      return { session, organizations: await findOrganizationAccess(db, { ...session, id: session.userId }) };
    });
}
