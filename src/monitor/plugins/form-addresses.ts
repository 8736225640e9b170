import type { FastifyInstance, RouteOptions } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route only leads from the address of a form to its page. */
    isFormAddress?: true;
  }
}

/** Loading the address of a refused form leads to the form's page. To be registered after all routes. */
export async function formAddresses(app: FastifyInstance): Promise<void> {
  const routes = [...app.registeredRoutes];
  const pages = new Set(routes.filter(takes("GET")).map(({ url }) => url));
  for (const { url, config } of routes.filter(takes("POST"))) {
    if (pages.has(url) || config?.csrf === false || typeof config?.access === "object") continue;
    const page = pageOf(url, pages);
    app.get(
      url,
      { config: { ...config, isFormAddress: true }, exposeHeadRoute: false },
      async (request, reply) => reply.redirect(fill(page, request.params as Record<string, string>), 303),
    );
  }
}

/** `/x/:id/parking` → its form `/x/:id/parking/new`, if there is one, else the nearest page above. */
function pageOf(url: string, pages: ReadonlySet<string>): string {
  if (pages.has(`${url}/new`)) return `${url}/new`;
  const above = url.slice(0, url.lastIndexOf("/"));
  if (above === "") return "/";
  return pages.has(above) ? above : pageOf(above, pages);
}

function fill(page: string, params: Record<string, string>): string {
  return page.replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ""));
}

function takes(verb: string): (route: RouteOptions) => boolean {
  return ({ method }) => [method].flat().includes(verb);
}
