import type { FastifyReply } from "fastify";

/** @param work ends early when the browser goes away. @returns `left` then. */
export async function whileConnected<Result>(
  { raw }: FastifyReply,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | "left"> {
  if (raw.closed) return "left";
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  raw.once("close", leave);
  try {
    return await work(leaving.signal);
  } catch (error) {
    if (leaving.signal.aborted) return "left";
    throw error;
  } finally {
    raw.off("close", leave);
  }
}
