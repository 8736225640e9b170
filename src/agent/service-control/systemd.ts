import type { ServiceState } from "../../protocol/status-report.ts";
import { describeFailure, runCommand } from "../machine/run-command.ts";
import { firstInstalled } from "./first-installed.ts";
import { runControlCommand } from "./run-control-command.ts";
import type { ServiceControl } from "./service-control.ts";

const PROPERTIES = "LoadState,ActiveState,ActiveEnterTimestamp";

const STATES: Record<string, ServiceState> = {
  active: "running",
  reloading: "running",
  refreshing: "running",
  inactive: "stopped",
  failed: "stopped",
  activating: "starting",
  deactivating: "stopping",
};

/** Controls a systemd unit through systemctl. */
export function createSystemdControl(names: readonly string[], timeoutMs: number): ServiceControl {
  return {
    status: () =>
      firstInstalled(names, async (name) => {
        const commandLine = ["systemctl", "show", name, `--property=${PROPERTIES}`, "--timestamp=unix"];
        const { exitCode, output } = await runCommand(commandLine, timeoutMs);
        if (exitCode !== 0)
          throw new Error(`systemctl ended with exit code ${exitCode}: ${output.trim().slice(0, 200)}`);
        return { name, ...parseUnitProperties(output), processId: null };
      }),
    async account() {
      for (const name of names) {
        const commandLine = ["systemctl", "show", name, "--property=User,LoadState"];
        const user = parseUnitUser((await runCommand(commandLine, timeoutMs)).output);
        if (user !== null) return user;
      }
      return null;
    },
    start: (name) => controlUnit("start", name),
    stop: (name) => controlUnit("stop", name),
  };
}

/** A password cannot be asked for here, so that a denial of polkit is an error at once. */
async function controlUnit(verb: "start" | "stop", name: string): Promise<void> {
  const result = await runControlCommand(["systemctl", "--no-ask-password", "--no-block", verb, name]);
  if (result.exitCode !== 0) throw new Error(describeFailure("systemctl", result));
}

/** Reads the user of a unit from `systemctl show`: the superuser's has none. */
export function parseUnitUser(output: string): string | null {
  if (!/^LoadState=loaded\s*$/m.test(output)) return null;
  return /^User=(\S+)/m.exec(output)?.[1] ?? "root";
}

/** Reads the `Name=value` lines of `systemctl show`. */
export function parseUnitProperties(output: string): { state: ServiceState; startedAt: number | null } {
  const property = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(output)?.[1]?.trim() ?? "";
  if (property("LoadState") === "not-found") return { state: "not_installed", startedAt: null };
  const state = STATES[property("ActiveState")] ?? "unknown";
  const startedAtSeconds = /^@(\d+)$/.exec(property("ActiveEnterTimestamp"))?.[1];
  const isUp = state === "running" || state === "stopping";
  return { state, startedAt: isUp && startedAtSeconds ? Number(startedAtSeconds) * 1000 : null };
}
