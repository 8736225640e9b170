import type { FastifyBaseLogger } from "fastify";
import type { PosClient, StatusOutcome } from "../pos-client/client.ts";
import { openToken } from "../restaurants/open-token.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import type { PollTarget } from "./poll-targets.ts";

export interface StatusFetcherDependencies {
  client: PosClient;
  secretBox: SecretBox;
  log: FastifyBaseLogger;
  /** ms UTC. */
  clock: () => number;
}

/** Makes the function that polls a target with its token, which may have been sealed with the key of another data folder. */
export function createStatusFetcher({
  client,
  secretBox,
  log,
  clock,
}: StatusFetcherDependencies): (target: PollTarget) => Promise<StatusOutcome> {
  return async ({ id, connection, address, sealedToken, fingerprint, identity: posServerId, crmId }) => {
    const opened = openToken(secretBox, sealedToken);
    if (opened.ok) {
      const { token } = opened;
      return await client.fetchStatus({ id, connection, address, token, fingerprint, posServerId, crmId });
    }
    const { failure, cause } = opened;
    log.warn(
      { err: cause, posServerId: id },
      "A stored token cannot be read with the key of this data folder",
    );
    return { ok: false, failure, receivedAt: clock() };
  };
}
