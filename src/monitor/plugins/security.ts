import cookie from "@fastify/cookie";
import csrfProtection from "@fastify/csrf-protection";
import helmet from "@fastify/helmet";
import type { FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";

declare module "fastify" {
  interface FastifyContextConfig {
    /** `false` for changes that come from no form, and so can bring no CSRF token. */
    csrf?: false;
  }
  interface FastifyReply {
    /** The token of all forms of this answer, in this browser and within this session. */
    csrfToken(): string;
  }
}

export const SESSION_COOKIE = "session";
export const CSRF_COOKIE = "csrf";
/** Need not be secret: the cookie of the session, which nobody else knows, binds a token to its session. */
const BINDING_KEY = "csrf";

const METHODS_WITHOUT_CHANGE = ["GET", "HEAD", "OPTIONS"];

/** Every request that may change something needs the CSRF token of its browser, unless its route has `csrf: false`. */
export default fp(
  async (app) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          connectSrc: ["'self'"],
          manifestSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      referrerPolicy: { policy: "same-origin" },
      strictTransportSecurity: app.config.tls ? { maxAge: 180 * 86_400, includeSubDomains: false } : false,
    });
    await app.register(cookie);
    await app.register(csrfProtection, {
      cookieKey: CSRF_COOKIE,
      cookieOpts: { path: "/", httpOnly: true, sameSite: "lax", secure: "auto" },
      csrfOpts: { hmacKey: BINDING_KEY },
      getUserInfo: sessionOf,
      getToken: (request) => {
        const body = request.body as { _csrf?: unknown } | undefined;
        return typeof body?._csrf === "string" ? body._csrf : undefined;
      },
    });
    // A browser without the secret gets a new one with each generated token, which would invalidate the earlier tokens.
    const made = new WeakMap<FastifyReply, string>();
    app.decorateReply("csrfToken", function (this: FastifyReply) {
      const token = made.get(this) ?? this.generateCsrf({ userInfo: sessionOf(this.request) });
      made.set(this, token);
      return token;
    });
    app.addHook("onRequest", (_request, reply, done) => {
      reply.header("cache-control", "no-store");
      done();
    });
    app.addHook("preHandler", (request, reply, done) => {
      const isChange = !METHODS_WITHOUT_CHANGE.includes(request.method) && !request.is404;
      const { access, csrf } = request.routeOptions.config;
      // No browser sends a token of the API by itself.
      if (!isChange || csrf === false || typeof access === "object") return done();
      app.csrfProtection(request, reply, done);
    });
  },
  { name: "security" },
);

function sessionOf({ cookies }: FastifyRequest): string {
  return cookies[SESSION_COOKIE] || "nobody";
}
