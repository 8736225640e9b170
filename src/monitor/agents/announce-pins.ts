import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../database/schema.ts";
import { PosClientClosedError } from "../pos-client/calls/call-error.ts";
import type { PosClient } from "../pos-client/client.ts";
import { readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** After a restart all agents connect within a minute. */
const AT_ONCE = 16;

interface PinAnnouncerOptions {
  /** Of the monitor's public keys, the current one first; empty = nothing to announce. */
  pins: readonly string[];
  db: Db;
  client: PosClient;
  secretBox: SecretBox;
  log: FastifyBaseLogger;
}

/** Tells agents the monitor's keys, so that they still connect after a change of its key. */
export function createPinAnnouncer({ pins, db, client, secretBox, log }: PinAnnouncerOptions) {
  const stopping = new AbortController();
  const waiting = new Set<number>();
  const underWay = new Set<Promise<void>>();

  return {
    /** Queues an announcement; a failed one is repeated at the next connection. */
    announce(posServerId: number): void {
      if (pins.length === 0 || stopping.signal.aborted) return;
      waiting.add(posServerId);
      startNext();
    },
    async stop(): Promise<void> {
      stopping.abort(new PosClientClosedError());
      waiting.clear();
      await Promise.all(underWay);
    },
  };

  function startNext(): void {
    for (const posServerId of waiting) {
      if (underWay.size >= AT_ONCE) return;
      waiting.delete(posServerId);
      const announcement = announce(posServerId)
        .catch((error: unknown) => log.debug({ err: error, posServerId }, "Pins were not announced"))
        .finally(() => {
          underWay.delete(announcement);
          startNext();
        });
      underWay.add(announcement);
    }
  }

  async function announce(posServerId: number): Promise<void> {
    const called = await readPosServerToCall(db, secretBox, posServerId);
    if (!called.ok) return;
    const outcome = await client.putMonitorPins(called.posServer, { pins: [...pins] }, stopping.signal);
    if (!outcome.ok)
      log.debug({ posServerId, failure: outcome.failure }, "An agent did not take the announced pins");
  }
}
