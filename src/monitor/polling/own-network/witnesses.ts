import { isIP } from "node:net";
import { isCallable } from "../../outgoing/allowed-address.ts";
import { connectTo } from "../../outgoing/open-way.ts";

export const MAX_WITNESSES = 5;
const DEFAULT_PORT = 443;
const REACHED_WITHIN_MS = 3_000;
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250})|\[[0-9a-f:.]{2,45}\])$/iu;

/** A host that answers whenever the monitor has a network. */
export interface Witness {
  host: string;
  port: number;
}

/** `malformed`: no `host:port`; `refused`: it may not be called. */
type WitnessProblem = { kind: "malformed" | "refused"; text: string } | { kind: "too_many" };

/** Addresses separated by commas, semicolons or spaces; the default port is 443. */
export function readWitnesses(text: string): { witnesses: Witness[] } | { problem: WitnessProblem } {
  const witnesses: Witness[] = [];
  for (const part of text.split(/[\s,;]+/).filter((part) => part !== "")) {
    const witness = readWitness(part);
    if (!witness) return { problem: { kind: "malformed", text: part } };
    if (!isCallable(witness.host)) return { problem: { kind: "refused", text: part } };
    witnesses.push(witness);
  }
  return witnesses.length > MAX_WITNESSES ? { problem: { kind: "too_many" } } : { witnesses };
}

export function writeWitnesses(witnesses: readonly Witness[]): string {
  return witnesses.map(writeWitness).join(", ");
}

export function writeWitness({ host, port }: Witness): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function readWitness(text: string): Witness | null {
  const [, host = "", port = String(DEFAULT_PORT)] =
    /^(?:https?:\/\/)?(\[[^\]]*\]|[^:/[\]]+)(?::(\d{1,5}))?\/?$/i.exec(text) ?? [];
  const number = Number(port);
  if (!HOST.test(host) || number < 1 || number > 65_535) return null;
  const plain = host.replace(/^\[|\]$/g, "");
  return host.startsWith("[") && isIP(plain) !== 6 ? null : { host: plain, port: number };
}

/** Connects to a witness and closes at once. @returns whether anybody answered, even with a refusal. */
export type ReachWitness = (witness: Witness) => Promise<boolean>;

export const reachWitness: ReachWitness = async (witness) => {
  try {
    (await connectTo(witness, REACHED_WITHIN_MS)).destroy();
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
  }
};
