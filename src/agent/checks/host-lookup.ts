import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { timeoutError } from "./connect.ts";

const TIMEOUT_MS = 4_000;

/** @throws an error whose `code` says why, `timeout` when nobody answers. */
export type HostLookup = (host: string) => Promise<LookupAddress[]>;

/** Asks the system, like the POS server. Lookups cannot be cancelled and hold Node's few threads: callers share one per host. */
export function createHostLookup(
  ask: HostLookup = (host) => lookup(host, { all: true }),
  timeoutMs = TIMEOUT_MS,
): HostLookup {
  const asked = new Map<string, Promise<LookupAddress[]>>();

  function askOnce(host: string): Promise<LookupAddress[]> {
    const answer = asked.get(host) ?? ask(host).finally(() => asked.delete(host));
    asked.set(host, answer);
    return answer;
  }

  return (host) => {
    const timeout = delay(timeoutMs, undefined, { ref: false }).then(() => Promise.reject(timeoutError()));
    return Promise.race([askOnce(host), timeout]);
  };
}

export function lookupForSockets(lookUp: HostLookup): LookupFunction {
  return (host, { all }, callback) => {
    lookUp(host).then(
      (addresses) =>
        all ? callback(null, addresses) : callback(null, addresses[0]?.address ?? "", addresses[0]?.family),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}
