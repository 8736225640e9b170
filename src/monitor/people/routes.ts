import type { FastifyInstance } from "fastify";
import { changeAccountRoutes } from "./account/change-account-routes.ts";
import { chooseLanguageRoutes } from "./account/choose-language-routes.ts";
import { signInRoutes } from "./sessions/sign-in-routes.ts";
import { type SetUpRouteOptions, setUpRoutes } from "./setup/set-up-routes.ts";
import { acceptInvitationRoutes } from "./users/accept-invitation-routes.ts";
import { addUserRoutes } from "./users/add-user-routes.ts";
import { changeAccessRoutes } from "./users/change-access-routes.ts";
import { changeRightsRoutes } from "./users/change-rights-routes.ts";
import { changeUserRoutes } from "./users/change-user-routes.ts";
import { exportUsersRoutes } from "./users/export-users-routes.ts";
import { listUsersRoutes } from "./users/list-users-routes.ts";

/** Who works here: the first administrator, the sign-in, one's own account, and the users with their rights. */
export async function peopleRoutes(app: FastifyInstance, { terminal }: SetUpRouteOptions): Promise<void> {
  await setUpRoutes(app, { terminal });
  await signInRoutes(app);

  await chooseLanguageRoutes(app);
  await changeAccountRoutes(app);

  await listUsersRoutes(app);
  await exportUsersRoutes(app);
  await addUserRoutes(app);
  await changeUserRoutes(app);
  await changeAccessRoutes(app);
  await changeRightsRoutes(app);
  await acceptInvitationRoutes(app);
}
