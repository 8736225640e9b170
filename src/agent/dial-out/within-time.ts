import { DialOutError } from "./dial-out-error.ts";

/**
 * Does what asks the monitor, with a signal that ends it when it takes too long.
 * @throws DialOutError then, or what `work` throws.
 */
export async function withinTime<Result>(
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timeout = AbortSignal.timeout(limitMs);
  try {
    return await work(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (timeout.aborted && !signal.aborted)
      throw new DialOutError("no_answer", "the monitor does not answer", `${limitMs / 1000} s`);
    throw error;
  }
}
