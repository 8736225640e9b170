import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { dialInRaw } from "../helpers/raw-agent.ts";
import { waitFor } from "../helpers/wait-for.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

t.test("the request with which an agent came is not kept for as long as it stays", async (t) => {
  const held: WeakRef<object>[] = [];
  const monitor = await startMonitor(t, {
    prepare: (app) => {
      app.addHook("onRequest", (request, reply, done) => {
        for (const part of [request, request.raw, reply, reply.raw]) held.push(new WeakRef(part));
        done();
      });
    },
  });
  const id = await monitor.addPosServer({ identity: POS_SERVER_ID, connection: "dial_out", address: null });
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  const socket = await dialInRaw(t, url, { token: TOKEN });
  const isThere = () => monitor.app.posClient.agents.find(id) !== null;
  await waitFor(isThere);
  await waitFor(() => {
    collectGarbage();
    return held.length > 0 && held.every((part) => part.deref() === undefined);
  });

  t.ok(isThere());
  socket.resume();
  socket.ping();
  await once(socket, "pong");
});
