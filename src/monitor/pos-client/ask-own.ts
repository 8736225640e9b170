import { whileWanted } from "../workers/while-wanted.ts";
import type { PosServer } from "./calls/pos-server.ts";
import type { CallOutcome, PosClient } from "./client.ts";

/**
 * Only the status says whose logs they are: what another POS server answers, or one bound to another organization, counts as
 * its failure.
 */
export async function askOwn<T>(
  client: Pick<PosClient, "fetchStatus">,
  posServer: PosServer,
  ask: (posServer: PosServer) => Promise<CallOutcome<T>>,
  signal: AbortSignal,
): Promise<CallOutcome<T>> {
  const [status, outcome] = await Promise.all([
    whileWanted(client.fetchStatus(posServer), signal),
    ask(posServer),
  ]);
  return status.ok ? outcome : status;
}
