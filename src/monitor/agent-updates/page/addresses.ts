export const AGENTS_URL = "/agents";
export const NEW_ROLLOUT_URL = `${AGENTS_URL}/rollouts/new`;
/** In an address: of agents that do not say which version they are. */
export const UNKNOWN_VERSION = "unknown";

/** Where the POS servers with a version of the agent are named. */
export function versionUrl(version: string | null): string {
  const query = new URLSearchParams({ version: version ?? UNKNOWN_VERSION });
  return `${AGENTS_URL}?${query}#agents-of-version`;
}
