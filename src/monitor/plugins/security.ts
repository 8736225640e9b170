import cookie from "@fastify/cookie";
import csrfProtection from "@fastify/csrf-protection";
import helmet from "@fastify/helmet";
import fp from "fastify-plugin";

export interface SecurityOptions {
  isTls: boolean;
}

/** Cookies, CSRF tokens and the headers that keep a page to its own scripts, styles and frames. */
export default fp<SecurityOptions>(
  async (app, { isTls }) => {
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
  },
  { name: "security" },
);
