export const AGENTS_URL = "/agents";
/** Where agents are shown, those that wait among them. */
export const ENROLMENTS_URL = "/enrolments";
export const NEW_ROLLOUT_URL = `${AGENTS_URL}/rollouts/new`;
/** In addresses: agents that do not report their version. */
export const UNKNOWN_VERSION = "unknown";

export function versionUrl(version: string | null): string {
  const query = new URLSearchParams({ version: version ?? UNKNOWN_VERSION });
  return `${ENROLMENTS_URL}?${query}#agents-of-version`;
}
