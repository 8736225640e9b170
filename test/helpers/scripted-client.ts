import type { PosClient, PosServer, StatusOutcome } from "../../src/pos-client/client.ts";

export interface ScriptedClient extends PosClient {
  /** Every poll that was begun, in order. */
  calls: PosServer[];
  forgotten: number[];
  fleetSize: number;
  isClosed: boolean;
}

/** A client that answers as told, where the clock is the test's; a poll without an answer hangs until it is closed. */
export function createScriptedClient(
  answer: (posServer: PosServer) => StatusOutcome | Promise<StatusOutcome>,
): ScriptedClient {
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => undefined); // nobody polls when it is closed
  const client: ScriptedClient = {
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
    forget(id) {
      client.forgotten.push(id);
    },
    async close() {
      client.isClosed = true;
      closed.reject(new Error("the client was closed"));
    },
  };
  return client;
}
