import { randomBytes } from "node:crypto";
import { formatPairingString, parsePairingString } from "../protocol/pairing-string.ts";
import { type DemoPosServer, ORGANIZATIONS } from "./chain.ts";

const POLL_INTERVAL_MS = 15_000;
/** Short enough for a poll before its agent breaks, and for being unreachable soon after. */
const BREAKING_POLL_INTERVAL_MS = 5_000;
const UNOPENED_POLL_INTERVAL_MS = 60 * 60_000;
const TOKEN_BYTES = 32;

export interface DemoEntry extends DemoPosServer {
  organizationName: string;
  /** Secret; null = it has no agent yet, which will be at `address`. */
  pairingString: string | null;
  address: string | null;
  pollIntervalMs: number;
}

/** What an administrator would have entered for these POS servers. @param pairingStrings of their agents, by slug. */
export function createDemoEntries(
  posServers: readonly DemoPosServer[],
  pairingStrings: ReadonlyMap<string, string>,
  unopenedPort: number,
): DemoEntry[] {
  return posServers.map((posServer) => {
    const isOpened = posServer.scenario !== "not_opened";
    return {
      ...posServer,
      organizationName: organizationName(posServer.crmId),
      pairingString: isOpened ? registeredPairingString(posServer, pairingStrings) : null,
      address: isOpened ? null : `https://127.0.0.1:${unopenedPort}`,
      pollIntervalMs: pollIntervalMs(posServer),
    };
  });
}

function pollIntervalMs({ scenario }: DemoPosServer): number {
  if (scenario === "not_opened") return UNOPENED_POLL_INTERVAL_MS;
  return scenario === "agent_stopped" ? BREAKING_POLL_INTERVAL_MS : POLL_INTERVAL_MS;
}

function registeredPairingString(
  posServer: DemoPosServer,
  pairingStrings: ReadonlyMap<string, string>,
): string {
  const pairing = parsePairingString(pairingStrings.get(posServer.slug) ?? "");
  if (!pairing) throw new Error(`The agent of ${posServer.slug} gave no pairing string`);
  const hasOldToken = posServer.scenario === "token_changed";
  const token = hasOldToken ? randomBytes(TOKEN_BYTES).toString("base64url") : pairing.token;
  return formatPairingString({ ...pairing, token });
}

function organizationName(crmId: string): string {
  const organization = ORGANIZATIONS.find((candidate) => candidate.crmId === crmId);
  if (!organization) throw new Error(`No organization has the CrmId ${crmId}`);
  return organization.name;
}
