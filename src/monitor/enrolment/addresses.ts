/** Where codes and those who come by them are decided of. */
export const ENROLMENTS_URL = "/enrolments";

/** Where it is decided who an agent is to be that waits. */
export function confirmationUrl(enrolmentId: number): string {
  return `${ENROLMENTS_URL}/agents/${enrolmentId}/confirmation/new`;
}
