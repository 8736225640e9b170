/** Where codes and those who come by them are decided of. */
export const ENROLMENTS_URL = "/enrolments";

/** The page of a code. */
export function codeUrl(id: number): string {
  return `${ENROLMENTS_URL}/${id}`;
}

/** Where a POS server is found: of an organization in the archive none has a page. */
export function posServerUrl({
  posServerId,
  organizationId,
  archivedAt,
}: {
  posServerId: number;
  organizationId: number | null;
  archivedAt: number | null;
}): string {
  return archivedAt === null ? `/pos-servers/${posServerId}` : `/organizations/${organizationId}`;
}

/** Where it is decided who an agent is to be that waits. */
export function confirmationUrl(enrolmentId: number): string {
  return `${ENROLMENTS_URL}/agents/${enrolmentId}/confirmation/new`;
}
