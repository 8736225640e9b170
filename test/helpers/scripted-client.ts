import { COMMAND_LIMITS, STATUS_LIMITS } from "../../src/monitor/pos-client/calls/limits.ts";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import type { PosClient, PosCommands, StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { createPosCommands } from "../../src/monitor/pos-client/commands.ts";
import { createAgentHub } from "../../src/monitor/pos-client/dial-out/agent-hub.ts";

interface ScriptedClient extends PosClient {
  calls: PosServer[];
  forgotten: number[];
  fleetSize: number;
  isClosed: boolean;
}

/** A client that answers polls as told, or hangs until it is closed. @param commands other calls; else they reject. */
export function createScriptedClient(
  answer: (posServer: PosServer) => StatusOutcome | Promise<StatusOutcome>,
  commands: Partial<PosCommands> = {},
): ScriptedClient {
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => undefined); // nobody polls when it is closed
  const open = () => Promise.reject(new Error("the test expects no such call"));
  const client: ScriptedClient = {
    agents: createAgentHub({ limits: STATUS_LIMITS, now: Date.now, monotonicClock: Date.now }),
    ...createPosCommands({ open, limits: COMMAND_LIMITS, now: Date.now }),
    ...commands,
    calls: [],
    forgotten: [],
    fleetSize: 0,
    isClosed: false,
    async fetchStatus(posServer) {
      client.calls.push(posServer);
      return await Promise.race([answer(posServer), closed.promise]);
    },
    setFleetSize(posServerCount) {
      client.fleetSize = posServerCount;
    },
    forget({ id }) {
      client.forgotten.push(id);
    },
    async close() {
      await client.agents.close();
      client.isClosed = true;
      closed.reject(new Error("the client was closed"));
    },
  };
  return client;
}
