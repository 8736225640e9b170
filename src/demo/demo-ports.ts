import type { DemoPosServer } from "./chain.ts";
import { findFreePorts } from "./free-ports.ts";

/** Where the parts of the demo listen; each start finds others. POS servers by their slug. */
export interface DemoPorts {
  mainServer: number;
  /** Of the main server's message queue. */
  messageQueue: number;
  agents: ReadonlyMap<string, number>;
  /** Where the POS servers answer their tills. */
  tills: ReadonlyMap<string, number>;
  /** Nobody listens there yet. */
  unopened: number;
}

/** Finds a port for everything that listens, except for the monitor. */
export async function findDemoPorts(posServers: readonly DemoPosServer[]): Promise<DemoPorts> {
  const slugs = posServers.map(({ slug }) => slug);
  const found = await findFreePorts(3 + 2 * slugs.length);
  const next = () => found.pop() ?? 0;
  return {
    mainServer: next(),
    messageQueue: next(),
    agents: new Map(slugs.map((slug) => [slug, next()])),
    tills: new Map(slugs.map((slug) => [slug, next()])),
    unopened: next(),
  };
}
