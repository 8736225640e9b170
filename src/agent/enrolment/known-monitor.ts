import { isDeepStrictEqual } from "node:util";
import type { FastifyRequest } from "fastify";
import { MonitorPins } from "../../protocol/enrolment.ts";
import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import type { MonitorConnection } from "../dial-out/answering.ts";
import type { DialOutTarget } from "../dial-out/open-socket.ts";
import { type AgentServer, sendError } from "../http/server.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { chooseTarget, type Enrolment, enrolmentOf, readEnrolment, saveEnrolment } from "./enrolment.ts";

const SUBJECT = "enrolment";
const REFUSED = {
  other_key: "The key of this very connection is not among them.",
  moved: "This agent is about to connect to another monitor.",
};

/** `other_key`: the announced keys lack that of this connection. `moved`: the agent is about to dial another monitor. */
type PinsOutcome = "taken" | "unchanged" | "other_key" | "moved";

export function createKnownMonitor(
  config: Pick<AgentConfig, "stateDirectory" | "dialOut">,
  posServerId: string,
  problems: ProblemLog,
) {
  const { stateDirectory } = config;
  let known: Enrolment | null = null;

  /** Keeps the last known monitor while the file cannot be read. */
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
    /** Replaces the stored keys by those that the monitor announces over its connection. */
    async takePins(pins: string[], { monitor, pin }: MonitorConnection): Promise<PinsOutcome> {
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

export interface MonitorPinsCallOptions {
  /** The connection to the monitor that a call came over; null = it came to the open port. */
  connectionOf: (request: FastifyRequest) => MonitorConnection | null;
  monitor: Pick<ReturnType<typeof createKnownMonitor>, "takePins">;
}

/** Open only to the monitor that the agent itself has dialled. */
export async function monitorPinsCall(
  api: AgentServer,
  { connectionOf, monitor }: MonitorPinsCallOptions,
): Promise<void> {
  api.put(
    "/monitor-pins",
    {
      schema: { body: MonitorPins },
      onRequest: async (request, reply) => (connectionOf(request) ? undefined : reply.callNotFound()),
    },
    async (request, reply) => {
      const connection = connectionOf(request);
      if (!connection) return reply.callNotFound();
      const { pins } = request.body;
      const outcome = await monitor.takePins(pins, connection);
      if (outcome === "other_key" || outcome === "moved")
        return sendError(reply, 409, outcome, REFUSED[outcome]);
      if (outcome === "taken") request.log.info({ pins }, "the monitor announced its keys");
      return reply.header("cache-control", "no-store").send({ pins });
    },
  );
}
