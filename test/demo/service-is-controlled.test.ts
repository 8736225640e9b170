import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import t from "tap";
import { runSimulation } from "../helpers/simulation.ts";
import { waitFor } from "../helpers/wait-for.ts";

const PROGRAM = fileURLToPath(new URL("../../src/demo/service-control.ts", import.meta.url));

interface Outcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

async function control(...args: string[]): Promise<Outcome> {
  const outcome: Outcome = { exitCode: null, stdout: "", stderr: "" };
  const child = execFile(process.execPath, [PROGRAM, ...args]);
  child.stdout?.on("data", (text) => {
    outcome.stdout += text;
  });
  child.stderr?.on("data", (text) => {
    outcome.stderr += text;
  });
  await once(child, "close");
  return { ...outcome, exitCode: child.exitCode };
}

t.test("A service is stopped and started by commands, and makes a missing database anew", async (t) => {
  const { simulation, folder, readSyncLog } = await runSimulation(t, ["sadovaya-3"]);
  const { root, database } = folder("sadovaya-3");
  const state = () => simulation.services.get("sadovaya-3")?.status().state;
  await waitFor(() => readSyncLog("sadovaya-3").includes("успешно"));
  t.match(await control("status", root), {
    exitCode: 0,
    stdout: /^running since \d{4}-\d\d-\d\dT[\d:.]+Z\n$/,
  });

  const stop = await control("stop", root);
  t.match(stop, { exitCode: 0, stdout: /^stopp(ing|ed)\b/ });
  await waitFor(() => state() === "stopped");
  t.match(await control("status", root), { exitCode: 0, stdout: "stopped\n" });
  t.match(readSyncLog("sadovaya-3").trimEnd(), /Служба iikoCard5POS остановлена$/);

  const again = await control("stop", root);
  t.equal(again.exitCode, 1);
  t.match(again.stderr, /cannot be stopped while it is stopped/);

  t.notOk(existsSync(`${database}-wal`), "a stopped service leaves no open database behind");
  rmSync(database);
  const logged = readSyncLog("sadovaya-3").length;
  t.match(await control("start", root), { exitCode: 0, stdout: /^(starting|running)\b/ });
  await waitFor(() => readSyncLog("sadovaya-3").slice(logged).includes("успешно"));
  t.match(readSyncLog("sadovaya-3").slice(logged), /не найдена, создана новая/);

  const reopened = new Sqlite(database, { readonly: true });
  t.teardown(() => reopened.close());
  for (const table of ["program", "guest", "guest_wallet"]) {
    t.ok(Number(reopened.prepare(`SELECT count(*) FROM ${table}`).pluck().get()) > 0, `${table} is filled`);
  }
});

t.test("The command says what is wrong with its arguments", async (t) => {
  t.match(await control("restart", t.testdir()), { exitCode: 2, stderr: /^Usage:/ });
  t.match(await control("status"), { exitCode: 2, stderr: /^Usage:/ });
});
