import fp from "fastify-plugin";
import { presentationFor, type Viewer } from "../viewer/viewer.ts";

declare module "fastify" {
  interface FastifyRequest {
    viewer: Viewer;
  }
}

export const LANGUAGE_COOKIE = "language";
/** Set by the browser itself (public/js/time-zone.js). */
export const TIME_ZONE_COOKIE = "timeZone";

/** Tells every route who looks: until sign-in exists, anybody at this machine, who may see everything. */
export default fp(
  async (app) => {
    app.decorateRequest("viewer");
    app.addHook("onRequest", async (request) => {
      const presentation = presentationFor(
        request.cookies[LANGUAGE_COOKIE],
        request.cookies[TIME_ZONE_COOKIE],
      );
      request.viewer = { organizations: "all", ...presentation };
    });
  },
  { name: "viewer", dependencies: ["@fastify/cookie"] },
);
