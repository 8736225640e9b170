import { isDeepStrictEqual } from "node:util";
import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import type { MonitorConnection } from "../dial-out/answering.ts";
import type { DialOutTarget } from "../dial-out/dial-out-target.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { chooseTarget } from "./choose-target.ts";
import { type Enrolment, enrolmentOf, readEnrolment, saveEnrolment } from "./enrolment.ts";

const SUBJECT = "enrolment";

/**
 * `unchanged`: they are what was kept. `other_key`: whoever announces them has none of them itself. `moved`: the agent is about
 * to dial another monitor.
 */
export type PinsOutcome = "taken" | "unchanged" | "other_key" | "moved";

/** The monitor of a running agent, as the configuration and the state folder tell at that moment. */
export interface KnownMonitor {
  /** null = there is none yet. */
  target(): Promise<DialOutTarget | null>;
  /** Takes the keys that the monitor announces over its connection, in place of those that were kept. */
  takePins(pins: string[], connection: MonitorConnection): Promise<PinsOutcome>;
}

export function createKnownMonitor(
  config: Pick<AgentConfig, "stateDirectory" | "dialOut">,
  posServerId: string,
  problems: ProblemLog,
): KnownMonitor {
  const { stateDirectory } = config;
  let known: Enrolment | null = null;

  /** What cannot be read for a moment is as it was. */
  async function target(): Promise<DialOutTarget | null> {
    try {
      known = enrolmentOf(posServerId, await readEnrolment(stateDirectory));
      problems.set(SUBJECT, null);
    } catch (error) {
      problems.set(SUBJECT, errorText(error));
    }
    return chooseTarget(config, known);
  }

  return {
    target,
    async takePins(pins, { monitor, pin }) {
      if (pin === null || !pins.includes(pin)) return "other_key";
      const dialled = await target();
      if (dialled?.monitor !== monitor) return "moved";
      if (known?.monitor === monitor && isDeepStrictEqual(known.pins, pins)) return "unchanged";
      const { trustsAuthorities } = dialled;
      await saveEnrolment(stateDirectory, { posServerId, monitor, pins, trustsAuthorities });
      return "taken";
    },
  };
}
