import type { FastifyInstance } from "fastify";
import { showWallRoutes } from "./screen/show-wall-routes.ts";
import { wallTokensRoutes } from "./tokens/tokens-routes.ts";

/** The wall: a page for a screen in the room, and the links by which it is reached. */
export async function wallRoutes(app: FastifyInstance): Promise<void> {
  await showWallRoutes(app);
  await wallTokensRoutes(app);
}
