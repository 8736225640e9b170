import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import t, { type Test } from "tap";
import { createOutgoingHeartbeat } from "../../../src/monitor/polling/own-network/outgoing-heartbeat.ts";
import {
  reachWitness,
  readWitnesses,
  writeWitnesses,
} from "../../../src/monitor/polling/own-network/witnesses.ts";
import { startMonitor } from "../../helpers/app.ts";
import { listen } from "../../helpers/listen.ts";
import { failed } from "../../helpers/outcomes.ts";
import { getText } from "../../helpers/page.ts";
import { addRow } from "../../helpers/rows.ts";
import { runJob } from "../../helpers/run-job.ts";
import { createScriptedClient } from "../../helpers/scripted-client.ts";

t.test("whoever takes a connection is reached, also who refuses it, but no unknown name", async (t) => {
  const server = createServer((socket) => socket.destroy());
  const port = await listen(t, server);
  t.equal(await reachWitness({ host: "127.0.0.1", port }), true);
  t.equal(await reachWitness({ host: "localhost", port }), true, "by its name");
  server.close();
  await once(server, "close");
  t.equal(await reachWitness({ host: "127.0.0.1", port }), true, "it is there to refuse");
  t.equal(await reachWitness({ host: "witness.invalid", port }), false);
  t.equal(await reachWitness({ host: "169.254.169.254", port: 80 }), false, "nor a metadata address");
});

const READ: [text: string, written: string | null][] = [
  ["", ""],
  ["gateway.chain.test", "gateway.chain.test:443"],
  [
    "10.0.0.1:53; провайдер.рф,https://ya.test/ 127.0.0.1:8080",
    "10.0.0.1:53, провайдер.рф:443, ya.test:443, 127.0.0.1:8080",
  ],
  ["[2001:db8::1]:53", "[2001:db8::1]:53"],
  ["[2001:db8::1]", "[2001:db8::1]:443"],
  ["a:0", null],
  ["a:65536", null],
  ["a:b", null],
  ["a/b", null],
  ["[1::2::3]", null],
  ["2001:db8::1", null],
  ["-a", null],
  ["169.254.169.254", null],
  ["a, b, c, d, e, f", null],
];

t.test("witnesses are read as people write them, or refused", async (t) => {
  for (const [text, written] of READ) {
    const read = readWitnesses(text);
    t.equal("witnesses" in read ? writeWitnesses(read.witnesses) : null, written, text);
  }
});

/** A system that notes who calls it, and answers as told. */
async function startListener(t: Test) {
  const heard: string[] = [];
  const answer = { status: 200 };
  const server = createHttpServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(answer.status, { location: "/elsewhere" }).end("ok");
  });
  return { heard, answer, url: `http://127.0.0.1:${await listen(t, server)}/ping/4f3c` };
}

t.test("it is called while polling works, and its page says what came of it", async (t) => {
  const { heard, answer, url } = await startListener(t);
  const network = { isThere: true };
  const monitor = await startMonitor(t, {
    client: createScriptedClient(() => failed(monitor.clock(), "connect_timeout", "no way")),
    reachWitness: async () => network.isThere,
  });
  const { app, clock } = monitor;
  const { db } = app.database;
  const callOut = () => runJob(app, "outgoing heartbeat");
  const set = (key: string, value: string) => addRow(db, "setting", { key, value: JSON.stringify(value) });
  const page = async () => await getText(app, "/settings");
  await callOut();
  t.same(heard, [], "nobody is named");
  await set("heartbeatUrl", url);
  t.notMatch(await page(), "Последний вызов");
  await callOut();
  t.same(heard, ["GET /ping/4f3c"]);
  await set("pagesUrl", "https://poswatch.example");
  t.equal((await page()).split("Последний вызов в 13:00: ответ 200.").length, 2, "once, beside its address");
  answer.status = 302;
  await callOut();
  t.equal(heard.length, 2, "a redirect is not followed");
  t.match(await page(), "Последний вызов в 13:00 не удался: ответ 302.");

  await set("witnesses", "gateway.test:443");
  network.isThere = false;
  await monitor.addPosServer();
  await app.poller.tick();
  await app.poller.idle();
  await callOut();
  t.equal(heard.length, 2, "without a network it is not called");
  network.isThere = true;
  clock.advance(6_000);
  await app.ownNetwork.tick();
  await callOut();
  t.equal(heard.length, 3);
});

t.test("nobody there, and addresses that may not be called, are told", async (t) => {
  const monitor = await startMonitor(t);
  const heartbeat = createOutgoingHeartbeat(monitor.app.log, monitor.clock);
  t.teardown(() => heartbeat.close());
  await heartbeat.call("http://127.0.0.1:1/");
  t.match(heartbeat.last(), { status: null, detail: /ECONNREFUSED|refused/i });
  await heartbeat.call("http://169.254.169.254/latest");
  t.match(heartbeat.last(), { status: null, detail: "address 169.254.169.254 is not allowed" });
  await heartbeat.call("http://heartbeat.invalid/");
  t.match(heartbeat.last(), { status: null, detail: /ENOTFOUND|EAI_AGAIN/ });
});
