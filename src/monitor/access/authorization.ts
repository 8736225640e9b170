import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import fp from "fastify-plugin";
import { hasAnyRight } from "../viewer/access.ts";
import type { Scope } from "./api-tokens.ts";
import { createTokenGate } from "./token-gate.ts";
import { listActiveAdministrators } from "./users.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Anybody; signed-in users; users with «Настройка предприятия» for some organization (the route's queries narrow to
     * these organizations); system administrators; programs with a token of the API for this scope, or for any (null), and
     * nobody else: their routes read no cookie.
     */
    access?: "public" | "user" | "outlet_setup" | "administrator" | { token: Scope | null };
  }
  interface FastifyInstance {
    /** Every route there is, as it was registered. */
    registeredRoutes: readonly RouteOptions[];
  }
}

/** The one place that decides who may use a route; the program does not start while a route has no `access`. */
export default fp(
  async (app) => {
    const routes: RouteOptions[] = [];
    app.decorate("registeredRoutes", routes);
    app.addHook("onRoute", (route) => {
      routes.push(route);
    });
    app.addHook("onReady", async () => {
      const open = routes.find(({ config }) => !config?.access);
      if (open) throw new Error(`The route ${open.method} ${open.url} does not say who may use it`);
    });

    const admitToken = createTokenGate(app);
    app.addHook("onRequest", async (request, reply) => {
      const { access } = request.routeOptions.config;
      if (request.is404 || access === "public") return;
      if (typeof access === "object") return await admitToken(request, access.token);
      const { user, organizations } = request.viewer;
      if (!user) return askToSignIn(request, reply);
      if (access === "administrator" && !user.isAdministrator) return reply.callNotFound();
      if (access === "outlet_setup" && !hasAnyRight(organizations)) return await sayWhomToAsk(request, reply);
    });

    /** After the sign-in the wanted page is shown, or that of the form that was sent. */
    function askToSignIn(request: FastifyRequest, reply: FastifyReply) {
      const wanted = pageOf(request);
      const query = new URLSearchParams({
        ...(wanted !== "/pos-servers" && { returnTo: wanted }),
        ...(request.method === "POST" && { unsent: "1" }),
      });
      const login = query.size > 0 ? `/login?${query}` : "/login";
      if (request.headers["hx-request"]) return reply.code(401).header("hx-redirect", login).send();
      return reply.redirect(login, 303);
    }

    /** The page to come back to; for a refreshed part or an Excel file, the page that it is on. */
    function pageOf({ url, headers, isPartial }: FastifyRequest): string {
      const current = isPartial ? headers["hx-current-url"] : undefined;
      if (typeof current === "string" && URL.canParse(current)) {
        const { pathname, search } = new URL(current);
        return `${pathname}${search}`;
      }
      return url.replace(/\.xlsx(?=$|\?)/, "");
    }

    async function sayWhomToAsk(request: FastifyRequest, reply: FastifyReply) {
      const { t } = request.viewer;
      reply.code(403);
      if (request.isPartial) {
        const message = t("error.noRightText");
        const part = app.renderFragment("errors/_message", request.viewer, { message });
        return reply.type("text/html; charset=utf-8").send(part);
      }
      const administrators = await listActiveAdministrators(app.database.db);
      const names = administrators.map(({ name }) => name).join(", ");
      const whomToAsk = names && t("error.noRightWhom", { names });
      return reply.send(await reply.page("errors/no-right", { whomToAsk }));
    }
  },
  { name: "authorization", dependencies: ["database", "sessions"] },
);
