import type { FastifyInstance } from "fastify";
import { pageLink } from "../../installation/pages-address.ts";
import { TOKENS_URL } from "../tokens/tokens-model.ts";
import { operationsOf, tryModel } from "./try-model.ts";

interface TryOptions {
  describe: () => object | undefined;
}

/** `/settings/api/try`: the operations of the API to try, and their description for programs. */
export async function tryRoutes(app: FastifyInstance, { describe }: TryOptions): Promise<void> {
  const access = { config: { access: "administrator" } } as const;

  app.get("/settings/api/try", access, async (request, reply) => {
    const address = await pageLink(request, "");
    const model = tryModel(request.viewer, operationsOf(describe() ?? {}), address);
    return await reply.settingsPage("api/try", { ...model, url: TOKENS_URL });
  });

  app.get("/settings/api/openapi.json", access, async () => describe());
}
