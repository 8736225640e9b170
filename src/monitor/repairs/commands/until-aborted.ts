/** Waits for a result unless the signal comes first; what was begun goes on alone. */
export async function untilAborted<T>(signal: AbortSignal, begun: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([begun, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
