export const ENROLMENTS_URL = "/enrolments";

export function codeUrl(id: number): string {
  return `${ENROLMENTS_URL}/${id}`;
}

/** An archived organization shows no POS servers: then its own page. */
export function posServerUrl(posServer: {
  posServerId: number;
  organizationId: number | null;
  archivedAt: number | null;
}): string {
  const { posServerId, organizationId, archivedAt } = posServer;
  return archivedAt === null ? `/pos-servers/${posServerId}` : `/organizations/${organizationId}`;
}

export function confirmationUrl(enrolmentId: number): string {
  return `${ENROLMENTS_URL}/agents/${enrolmentId}/confirmation/new`;
}
