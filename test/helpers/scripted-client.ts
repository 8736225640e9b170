import { STATUS_LIMITS } from "../../src/monitor/pos-client/calls/limits.ts";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import type { PosClient, PosCommands, StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { createAgentHub } from "../../src/monitor/pos-client/dial-out/agent-hub.ts";

export interface ScriptedClient extends PosClient {
  calls: PosServer[];
  forgotten: number[];
  fleetSize: number;
  isClosed: boolean;
}

/**
 * A client that answers as told, where the clock is the test's; a poll without an answer hangs until it is closed.
 * @param commands what answers the calls that are no polls; those without one reject.
 */
export function createScriptedClient(
  answer: (posServer: PosServer) => StatusOutcome | Promise<StatusOutcome>,
  commands: Partial<PosCommands> = {},
): ScriptedClient {
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => undefined); // nobody polls when it is closed
  const unscripted = async (): Promise<never> => {
    throw new Error("the test expects no such call");
  };
  const client: ScriptedClient = {
    agents: createAgentHub({ limits: STATUS_LIMITS, now: Date.now, monotonicClock: Date.now }),
    listLogs: unscripted,
    openLogArchive: unscripted,
    beginDatabaseReset: unscripted,
    readDatabaseReset: unscripted,
    beginServiceStart: unscripted,
    readServiceStart: unscripted,
    beginServiceRestart: unscripted,
    readServiceRestart: unscripted,
    listLogKinds: unscripted,
    readLogExcerpt: unscripted,
    tryLogPatterns: unscripted,
    searchLogs: unscripted,
    putConfiguration: unscripted,
    postAgentUpdate: unscripted,
    putMonitorPins: unscripted,
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
