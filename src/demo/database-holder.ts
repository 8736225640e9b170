import { fork } from "node:child_process";
import { once } from "node:events";

/** Another program that has a database open and locked. */
export interface DatabaseHolder {
  processId: number;
  /** @throws when it cannot. */
  hold(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the program; it ends by itself when this process ends, and whoever ends it frees the database. */
export function forkDatabaseHolder(): DatabaseHolder {
  const child = fork(new URL("./hold-database.ts", import.meta.url), {
    execArgv: ["--optimize-for-size", "--max-semi-space-size=2"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");

  return {
    processId: child.pid ?? 0,
    async hold(file) {
      const held = once(child, "message");
      child.send(file);
      await Promise.race([held, ended.then(() => Promise.reject(new Error(`Nothing holds ${file}`)))]);
    },
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
