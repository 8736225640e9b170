import { MINUTE_MS } from "../../protocol/time-units.ts";

/** Tills fetch balances every five minutes; missing two is harmless. */
const HICCUP_MS = 10 * MINUTE_MS;
const TROUBLE_FROM_MS = 60 * MINUTE_MS;

export type ExchangeGrade = "hiccup" | "delay" | "trouble" | "outage";

/**
 * Grades the time since the last exchange.
 * @param paymentStopsAfterMs how long tills take payment from guests' accounts without one.
 * @returns `leftMs`: time until that stops, at least 0.
 */
export function gradeExchange(
  withoutMs: number,
  paymentStopsAfterMs: number,
): { grade: ExchangeGrade; leftMs: number } {
  const leftMs = Math.max(paymentStopsAfterMs - withoutMs, 0);
  if (leftMs === 0) return { grade: "outage", leftMs };
  if (withoutMs >= TROUBLE_FROM_MS) return { grade: "trouble", leftMs };
  return { grade: withoutMs >= HICCUP_MS ? "delay" : "hiccup", leftMs };
}
