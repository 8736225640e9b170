import { connect } from "node:net";
import { isCallable, lookupCallable } from "./callable.ts";
import type { Witness } from "./witnesses.ts";

const REACHED_WITHIN_MS = 3_000;

/** Asks a witness to take a connection, which is closed at once. @returns whether anybody answered, be it with a refusal. */
export type ReachWitness = (witness: Witness) => Promise<boolean>;

export const reachWitness: ReachWitness = async ({ host, port }) => {
  if (!isCallable(host)) return false;
  const { promise: answer, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), REACHED_WITHIN_MS);
  const socket = connect({ host, port, lookup: lookupCallable });
  socket.once("connect", () => resolve(true));
  socket.on("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
  const isAnswered = await answer;
  clearTimeout(timer);
  socket.destroy();
  return isAnswered;
};
