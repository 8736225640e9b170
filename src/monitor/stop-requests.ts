const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * SIGINT and SIGTERM; and the end of the standard input, where the program that has started this one says that it uses that
 * (`POSWATCH_HOST`): Windows has no signals, and what has ended so takes this one along.
 * @returns what has it ask no more.
 */
export function onStopRequest(stop: (reason: string) => void): () => void {
  const bySignal = (signal: NodeJS.Signals) => stop(signal);
  const byInput = () => stop("end of the standard input");
  const hasHost = process.env.POSWATCH_HOST === "1";
  for (const signal of SIGNALS) process.on(signal, bySignal);
  if (hasHost) process.stdin.on("end", byInput).on("error", byInput).resume();
  return () => {
    for (const signal of SIGNALS) process.off(signal, bySignal);
    if (hasHost) process.stdin.off("end", byInput).off("error", byInput);
  };
}
