import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import t from "tap";
import { readPosServerToCall } from "../../src/monitor/restaurants/pos-server-to-call.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { startMonitor } from "../helpers/app.ts";
import { commandClient } from "../helpers/commands.ts";
import { succeededLine } from "../helpers/log-folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { noReleasedAgent, takeReleasedAgent } from "../helpers/released-agent.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readZip } from "../helpers/zip-contents.ts";

const never = new AbortController().signal;

t.test(
  "an agent of the first version is polled, fetched from, reset and started as it is",
  { skip: noReleasedAgent },
  async (t) => {
    const pos = await makeSampleService(t, { port: await findFreePort(), utcOffsetMinutes: 0 });
    const line = succeededLine(Date.now());
    await writeFile(join(pos.logs, "sync.log"), line);
    const program = takeReleasedAgent(t);
    const args = ["--config", pos.path("agent.json")];
    const agent = startProgram(t, program, { args });
    await waitFor(() => agent.output().includes("agent is ready"));
    const pairing = startProgram(t, program, { args: [...args, "pairing"] });
    t.equal(await pairing.ended, 0);
    const paired = parsePairingString(pairing.output());
    if (!paired) throw new Error("its pairing string is not understood");

    const client = commandClient(t);
    const { app, addPosServer } = await startMonitor(t, { client });
    const { address, token, fingerprint, posServerId: identity } = paired;
    const id = await addPosServer({ address, token, fingerprint, identity });
    t.match(await app.pollNow(id), {
      ok: true,
      report: {
        version: "34.2.117.0",
        crmId: "100237",
        service: { state: "running" },
        sync: { error: null },
      },
    });

    const called = await readPosServerToCall(app.database.db, app.secretBox, id);
    if (!called.ok) throw new Error(called.failure.detail);
    const { posServer } = called;
    const period = { from: "2020-01-01T00:00:00.000Z", to: new Date(Date.now() + 60_000).toISOString() };
    t.match(await client.listLogs(posServer, period, never), { ok: true, value: [{ name: "sync.log" }] });
    const archive = await client.openLogArchive(posServer, [{ name: "sync.log" }], never);
    if (!archive.ok) throw new Error(archive.failure.detail);
    t.equal((await readZip(await buffer(archive.value)))["sync.log"], line);

    const reset = randomUUID();
    const order = { posServerId: identity, startService: true };
    const notAfter = new Date(Date.now() + 600_000).toISOString();
    t.match(await client.beginDatabaseReset(posServer, reset, order, notAfter), { ok: true });
    const stepOf = async () => {
      const outcome = await client.readDatabaseReset(posServer, reset);
      return outcome.ok ? outcome.value.step : null;
    };
    await waitFor(async () => (await stepOf()) === "done");
    t.equal(await pos.read("pos.db"), "new database");

    await writeFile(pos.path("service-state.txt"), "stopped");
    const start = randomUUID();
    const callsBefore = pos.calls().length;
    // It tells that a reset is done a moment before it takes another order.
    await waitFor(async () => {
      const outcome = await client.beginServiceStart(posServer, start, { posServerId: identity }, notAfter);
      return outcome.ok;
    });
    await waitFor(async () => {
      const outcome = await client.readServiceStart(posServer, start);
      return outcome.ok && outcome.value.step === "done";
    });
    t.same(pos.calls().slice(callsBefore), ["start"]);

    for (const outcome of [
      await client.listLogKinds(posServer, period, never),
      await client.putConfiguration(posServer, { logs: null }, never),
    ])
      t.match(outcome, { ok: false, failure: { code: "http_status", status: 404 } }, "it knows no such call");
    t.match(await app.pollNow(id), { ok: true });
  },
);
