import type { FastifyInstance } from "fastify";
import { pollPosServerRoutes } from "./poll-routes.ts";
import { restaurantNoteRoutes } from "./restaurant-note-routes.ts";
import { showPosServerRoutes } from "./show-routes.ts";
import { takePosServerRoutes } from "./taking-routes.ts";

/** The page of one POS server. */
export async function posServerPageRoutes(app: FastifyInstance): Promise<void> {
  await app.register(showPosServerRoutes);
  await app.register(pollPosServerRoutes);
  await app.register(takePosServerRoutes);
  await app.register(restaurantNoteRoutes);
}
