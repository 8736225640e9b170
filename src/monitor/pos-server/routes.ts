import type { FastifyInstance } from "fastify";
import { keepMachineRoutes } from "./keep-machine-routes.ts";
import { pollPosServerRoutes } from "./poll-routes.ts";
import { restaurantNoteRoutes } from "./restaurant-note-routes.ts";
import { showPosServerRoutes } from "./show-routes.ts";
import { tagsRoutes } from "./tags-routes.ts";
import { takePosServerRoutes } from "./taking-routes.ts";

/** The page of one POS server. */
export async function posServerPageRoutes(app: FastifyInstance): Promise<void> {
  await showPosServerRoutes(app);
  await pollPosServerRoutes(app);
  await takePosServerRoutes(app);
  await restaurantNoteRoutes(app);
  await tagsRoutes(app);
  await keepMachineRoutes(app);
}
