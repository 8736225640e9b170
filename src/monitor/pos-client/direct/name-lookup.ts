import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import pLimit from "p-limit";
import {
  FAILED_LOOKUP_FRESH_MS,
  LOOKUP_FRESH_MS,
  LOOKUP_STALE_MS,
  MAX_CACHED_NAMES,
  MAX_LOOKUPS,
  MAX_LOOKUPS_OF_FAILED_NAMES,
} from "../calls/limits.ts";

/** Finds the addresses of a name; rejects with the error of `dns.lookup`. */
export type NameLookup = (hostname: string) => Promise<LookupAddress[]>;

interface CachedName {
  addresses: LookupAddress[] | null;
  foundAt: number;
  error: Error | null;
  freshUntil: number;
  running: Promise<LookupAddress[]> | null;
}

/**
 * Few at once, with a cache: known addresses serve while they are looked up again, so that a slow name server delays only
 * names that were never found.
 */
export function createNameLookup(
  resolve: NameLookup = (hostname) => lookup(hostname, { all: true }),
  now: () => number = Date.now,
): NameLookup {
  const names = new Map<string, CachedName>();
  const runBounded = pLimit(MAX_LOOKUPS);
  const runFailedBounded = pLimit(MAX_LOOKUPS_OF_FAILED_NAMES);

  return async function lookupName(hostname) {
    const name = names.get(hostname) ?? remember(hostname);
    if (now() < name.freshUntil) {
      if (name.error && !name.addresses) throw name.error;
    } else {
      name.running ??= refresh(hostname, name);
    }
    if (name.addresses && now() < name.foundAt + LOOKUP_STALE_MS) {
      name.running?.catch(() => undefined); // its error is in `name.error`, thrown when the addresses are too old
      return name.addresses;
    }
    if (name.running) return name.running;
    throw name.error ?? new Error(`${hostname} was not looked up`);
  };

  function remember(hostname: string): CachedName {
    const [oldest] = names.keys();
    if (oldest !== undefined && names.size >= MAX_CACHED_NAMES) names.delete(oldest);
    const name: CachedName = { addresses: null, foundAt: 0, error: null, freshUntil: 0, running: null };
    names.set(hostname, name);
    return name;
  }

  async function refresh(hostname: string, name: CachedName): Promise<LookupAddress[]> {
    const run = name.error ? runFailedBounded : runBounded;
    try {
      name.addresses = await run(resolve, hostname);
      name.error = null;
      name.foundAt = now();
      name.freshUntil = name.foundAt + LOOKUP_FRESH_MS;
      return name.addresses;
    } catch (error) {
      name.error = error instanceof Error ? error : new Error(String(error));
      if (isNameGone(error)) name.addresses = null;
      name.freshUntil = now() + FAILED_LOOKUP_FRESH_MS;
      throw error;
    } finally {
      name.running = null;
    }
  }
}

function isNameGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTFOUND";
}
