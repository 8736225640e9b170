import { request as requestPlain } from "node:http";
import { type RequestOptions, request } from "node:https";
import type { ChecksConfig } from "../config/checks-config.ts";
import { ADDRESS_NOT_SET, type Check, type CheckResult } from "./check.ts";
import { noteOwn } from "./connect.ts";
import { type HostLookup, lookupForSockets } from "./host-lookup.ts";

const TOLERANCE_MS = 120_000;
const ANSWER_TIMEOUT_MS = 5_000;

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

type Asked = Pick<RequestOptions, "host" | "port" | "signal" | "lookup">;

async function compare(asked: Asked): Promise<CheckResult> {
  const aheadMs = (await measure(request, asked)) ?? (await measure(requestPlain, asked));
  if (aheadMs === null) return { outcome: "unknown", detail: "no_date" };
  return {
    outcome: Math.abs(aheadMs) >= TOLERANCE_MS ? "failed" : "ok",
    value: (aheadMs / 1000).toFixed(1),
  };
}

type Send = typeof request | typeof requestPlain;

/** @returns how far this clock is ahead, ms; null when unknown. */
async function measure(send: Send, asked: Asked): Promise<number | null> {
  const askedAt = Date.now();
  const date = await askDate(send, asked);
  // The header has whole seconds: its middle is the best guess.
  return date === null ? null : (askedAt + Date.now()) / 2 - (date + 500);
}

/** @returns ms UTC; null when there is no answer, or none with a time. */
function askDate(send: Send, server: Asked): Promise<number | null> {
  return new Promise((resolve) => {
    // Nothing secret is sent, and with a wrong clock good certificates look invalid.
    const asked = send({
      ...server,
      method: "HEAD",
      path: "/",
      agent: false,
      rejectUnauthorized: false,
    });
    asked.once("socket", (socket) => socket.once("connect", () => noteOwn(socket)));
    asked.setTimeout(ANSWER_TIMEOUT_MS, () => asked.destroy());
    asked.once("response", (response) => {
      response.destroy();
      const date = Date.parse(response.headers.date ?? "");
      resolve(Number.isNaN(date) ? null : date);
    });
    asked.once("error", () => resolve(null));
    asked.once("close", () => resolve(null));
    asked.end();
  });
}
