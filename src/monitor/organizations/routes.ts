import type { FastifyInstance } from "fastify";
import { addOrganizationRoutes } from "./add-organization-routes.ts";
import { addPosServerRoutes } from "./add-pos-server-routes.ts";
import { archiveOrganizationRoutes } from "./archive-organization-routes.ts";
import { changeOrganizationRoutes } from "./change-organization-routes.ts";
import { changePosServerRoutes } from "./change-pos-server-routes.ts";
import { deletePosServerRoutes } from "./delete-pos-server-routes.ts";
import { applyImportRoutes } from "./import/apply-import-routes.ts";
import { createPendingImports } from "./import/pending-imports.ts";
import { uploadImportRoutes } from "./import/upload-import-routes.ts";
import { listOrganizationsRoutes } from "./list-organizations-routes.ts";
import { movePosServerRoutes } from "./move-pos-server-routes.ts";
import { reconnectPosServerRoutes } from "./reconnect-pos-server-routes.ts";
import { showOrganizationRoutes } from "./show-organization-routes.ts";

/** The registry: organizations, their POS servers, and the import of both. */
export async function organizationRoutes(app: FastifyInstance): Promise<void> {
  await listOrganizationsRoutes(app);
  await addOrganizationRoutes(app);
  await showOrganizationRoutes(app);
  await changeOrganizationRoutes(app);
  await archiveOrganizationRoutes(app);

  await addPosServerRoutes(app);
  await changePosServerRoutes(app);
  await reconnectPosServerRoutes(app);
  await movePosServerRoutes(app);
  await deletePosServerRoutes(app);

  const pendingImports = createPendingImports();
  // Of its own, since files may be sent to nothing else.
  await app.register(uploadImportRoutes, { pendingImports });
  await applyImportRoutes(app, { pendingImports });
}
