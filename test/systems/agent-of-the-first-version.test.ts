import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import t from "tap";
import { readPosServerToCall } from "../../src/monitor/restaurants/pos-server-to-call.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { startMonitor } from "../helpers/app.ts";
import { commandClient } from "../helpers/commands.ts";
import { makeFolder } from "../helpers/folder.ts";
import { succeededLine } from "../helpers/log-folder.ts";
import type { Owner } from "../helpers/owner.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readZip } from "../helpers/zip-contents.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The last commit of version 0.1.0, before CHANGELOG.md began to tell of 0.2.0. */
const RELEASED = "98c0a7a";

/** Whether that commit cannot be had here: why, or false. */
const noReleasedAgent = !hasCommit() && `the history of this repository has no commit ${RELEASED} here`;

/** Takes the agent of that version out of the history. @returns the path of its program, which runs on today's dependencies. */
function takeReleasedAgent(t: Owner): string {
  const archive = git("archive", RELEASED, "src/agent", "src/protocol", "package.json");
  const folder = join(makeFolder(t), "poswatch");
  mkdirSync(folder);
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return join(folder, "src/agent/main.ts");
}

function hasCommit(): boolean {
  try {
    git("cat-file", "-e", `${RELEASED}^{tree}`);
    return true;
  } catch {
    return false;
  }
}

function git(...args: string[]): Buffer {
  return execFileSync("git", args, { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
}

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
