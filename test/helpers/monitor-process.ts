import type { Test } from "tap";
import { type Program, startProgram } from "./program.ts";
import { waitFor } from "./wait-for.ts";

export interface MonitorProcess extends Program {
  /** `http://127.0.0.1:port`; resolves when it listens. */
  url: string;
}

/** Starts the monitor as its users do, on a free port. */
export async function startMonitorProcess(
  t: Test,
  dataDir: string,
  env: NodeJS.ProcessEnv = {},
): Promise<MonitorProcess> {
  const program = startProgram(t, "src/server.ts", { env: { DATA_DIR: dataDir, PORT: "0", ...env } });
  let url: string | undefined;
  await waitFor(
    () => {
      url = program.output().match(/https?:\/\/127\.0\.0\.1:\d+/)?.[0];
      if (program.child.exitCode !== null) throw new Error(`the monitor ended: ${program.output()}`);
      return url !== undefined;
    },
    { timeoutMs: 20_000 },
  );
  return { ...program, url: url ?? "" };
}
