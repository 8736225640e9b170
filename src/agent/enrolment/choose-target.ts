import type { AgentConfig } from "../config/config.ts";
import type { DialOutTarget } from "../dial-out/dial-out-target.ts";
import { isUnderHost } from "../machine/service-host.ts";
import type { Enrolment, Standing } from "./enrolment.ts";

const DEFAULT_PORT = 8443;

/**
 * Decides where to dial out to: where the configuration says, else to whoever has let the agent in. Keys of the code count for the
 * monitor of the code alone, beside those of the configuration; authorities, only where neither of them says otherwise.
 * @param enrolment of this agent.
 * @returns null where there is nobody to dial.
 */
export function chooseTarget(
  { dialOut }: Pick<AgentConfig, "dialOut">,
  enrolment: Enrolment | null,
): DialOutTarget | null {
  const monitor = dialOut?.monitor ?? enrolment?.monitor;
  if (!monitor) return null;
  const letIn = enrolment?.monitor === monitor ? enrolment : null;
  const configured = dialOut?.pins ?? [];
  return {
    monitor,
    pins: [...configured, ...(letIn?.pins ?? [])],
    trustsAuthorities: configured.length === 0 && (letIn?.trustsAuthorities ?? true),
    proxy: dialOut?.proxy ?? null,
  };
}

/**
 * The port to listen at: the one that is named, or 8443 where nothing says that the agent dials out; null = none.
 * @param isInstalled as a service of Windows it listens only at a port that is named.
 */
export function choosePort(
  { port, dialOut }: Pick<AgentConfig, "port" | "dialOut">,
  { enrolment, asks }: Pick<Standing, "enrolment" | "asks">,
  isInstalled = isUnderHost(),
): number | null {
  const dialsOut = dialOut !== null || enrolment !== null || asks !== null;
  return port ?? (dialsOut || isInstalled ? null : DEFAULT_PORT);
}
