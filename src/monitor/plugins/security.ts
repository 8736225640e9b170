import cookie from "@fastify/cookie";
import csrfProtection from "@fastify/csrf-protection";
import helmet from "@fastify/helmet";
import fp from "fastify-plugin";

declare module "fastify" {
  interface FastifyContextConfig {
    /** `false` where a request that changes something comes from no form, and so can bring no CSRF token. */
    csrf?: false;
  }
}

const METHODS_WITHOUT_CHANGE = ["GET", "HEAD", "OPTIONS"];

/**
 * Cookies, CSRF tokens and the headers that keep a page to its own scripts, styles and frames. Every request that may
 * change something needs the token of its browser, unless its route says that it needs none.
 */
export default fp(
  async (app) => {
    const isTls = app.config.tls !== null;
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
      strictTransportSecurity: isTls ? { maxAge: 180 * 86_400, includeSubDomains: false } : false,
    });
    await app.register(cookie);
    await app.register(csrfProtection, {
      cookieKey: "csrf",
      cookieOpts: { path: "/", httpOnly: true, sameSite: "lax", secure: isTls },
      getToken: (request) => {
        const body = request.body as { _csrf?: unknown } | undefined;
        return typeof body?._csrf === "string" ? body._csrf : undefined;
      },
    });
    app.addHook("preHandler", (request, reply, done) => {
      const isChange = !METHODS_WITHOUT_CHANGE.includes(request.method) && !request.is404;
      if (!isChange || request.routeOptions.config.csrf === false) return done();
      app.csrfProtection(request, reply, done);
    });
  },
  { name: "security" },
);
