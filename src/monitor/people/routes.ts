import type { FastifyInstance } from "fastify";
import { accountRoutes } from "./account/account-routes.ts";
import { signInRoutes } from "./sessions/sign-in-routes.ts";
import { type SetUpRouteOptions, setUpRoutes } from "./setup/set-up-routes.ts";
import { acceptInvitationRoutes } from "./users/invitation-routes.ts";
import { userRoutes } from "./users/user-routes.ts";
import { usersRoutes } from "./users/users-routes.ts";

/** Who works here: the first administrator, the sign-in, one's own account, and the users with their rights. */
export async function peopleRoutes(app: FastifyInstance, { terminal }: SetUpRouteOptions): Promise<void> {
  await setUpRoutes(app, { terminal });
  await signInRoutes(app);

  await accountRoutes(app);

  await usersRoutes(app);
  await userRoutes(app);
  await acceptInvitationRoutes(app);
}
