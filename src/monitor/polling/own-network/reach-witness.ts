import { connectTo } from "../../outgoing/connect-to.ts";
import type { Witness } from "./witnesses.ts";

const REACHED_WITHIN_MS = 3_000;

/** Asks a witness to take a connection, which is closed at once. @returns whether anybody answered, be it with a refusal. */
export type ReachWitness = (witness: Witness) => Promise<boolean>;

export const reachWitness: ReachWitness = async (witness) => {
  try {
    (await connectTo(witness, REACHED_WITHIN_MS)).destroy();
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
  }
};
