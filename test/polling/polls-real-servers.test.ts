import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import t from "tap";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { createClock } from "../helpers/clock.ts";
import { listen } from "../helpers/listen.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { getPage, rowsOf } from "../helpers/page.ts";
import { PATIENT_LIMITS } from "../helpers/poll-outcomes.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";

t.test("real POS servers over TLS and HTTP appear on the page beside one that is down", async (t) => {
  const clock = createClock();
  const monitor = await startMonitor(t, {
    clock,
    client: createPosClient({ limits: PATIENT_LIMITS, now: clock }),
  });
  const { cert, key, fingerprint } = await makeCertificate();
  const authorizations: (string | undefined)[] = [];
  const secure = createHttpsServer({ cert, key }, (request, response) => {
    authorizations.push(request.headers.authorization);
    response.end(JSON.stringify(reportAt(monitor.clock(), { error: "нет связи с главным сервером" })));
  });
  const plain = createServer((_request, response) => {
    response.end(JSON.stringify({ ...reportAt(monitor.clock()), posServerId: "another" }));
  });
  const down = createServer();
  const securePort = await listen(t, secure);
  const plainPort = await listen(t, plain);
  const downPort = await listen(t, down);
  down.close();

  await monitor.addPosServer({
    name: "TLS",
    address: `https://127.0.0.1:${securePort}`,
    fingerprint,
    identity: POS_SERVER_ID,
  });
  await monitor.addPosServer({ name: "HTTP", address: `http://127.0.0.1:${plainPort}` });
  await monitor.addPosServer({
    name: "down",
    address: `http://127.0.0.1:${downPort}`,
    pollIntervalMs: 5_000,
  });
  for (let second = 0; second < 60; second++) {
    await monitor.app.poller.tick();
    await monitor.app.poller.idle();
    monitor.clock.advance(1_000);
  }

  const shown = async (url: string) =>
    rowsOf((await getPage(monitor.app, url)).body).map(({ state, text }) => [
      state,
      text.match(/TLS|HTTP|down/)?.[0],
    ]);
  t.same(await shown("/pos-servers"), [
    ["sync_error", "TLS"],
    ["unreachable", "down"],
    ["synced", "HTTP"],
  ]);
  t.same(authorizations, [`Bearer ${TOKEN}`]);
});
