import type { OrganizationAccess } from "../viewer/access.ts";

/** Whose log is shown: administrators see everything, others their organizations' events and their own. */
export interface AuditViewer {
  userId: number;
  isAdministrator: boolean;
  organizations: OrganizationAccess;
}
