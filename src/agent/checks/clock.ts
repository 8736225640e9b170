import { request } from "node:https";
import type { ChecksConfig } from "../config/checks-config.ts";
import { ADDRESS_NOT_SET, type Check, type CheckResult } from "./check.ts";
import { askHead } from "./connect.ts";
import { type HostLookup, lookupForSockets } from "./host-lookup.ts";

const TOLERANCE_MS = 120_000;

/** How far this machine's clock is from the `Date` header of the main server. */
export function clockCheck(mainServer: ChecksConfig["mainServer"], lookUp: HostLookup): Check {
  return {
    id: "clock",
    async run(signal) {
      if (mainServer?.port == null) return ADDRESS_NOT_SET;
      const { host, port } = mainServer;
      return await compare({ host, port, signal, lookup: lookupForSockets(lookUp) });
    },
  };
}

async function compare(server: Parameters<typeof askHead>[0]): Promise<CheckResult> {
  const aheadMs = (await measure(server, request)) ?? (await measure(server));
  if (aheadMs === null) return { outcome: "unknown", detail: "no_date" };
  return {
    outcome: Math.abs(aheadMs) >= TOLERANCE_MS ? "failed" : "ok",
    value: (aheadMs / 1000).toFixed(1),
  };
}

/** @returns how far this clock is ahead, ms; null when there is no answer, or none with a time. */
async function measure(...asked: Parameters<typeof askHead>): Promise<number | null> {
  const askedAt = Date.now();
  const answer = await askHead(...asked).catch(() => null);
  const date = Date.parse(answer?.headers.date ?? "");
  // The header has whole seconds: its middle is the best guess.
  return Number.isNaN(date) ? null : (askedAt + Date.now()) / 2 - (date + 500);
}
