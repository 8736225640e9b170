import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import t, { type Test } from "tap";
import { hashFile } from "../../src/agent/quarantine/manifest.ts";
import { startTestAgent } from "../helpers/agent.ts";
import { awaitCommand, awaitEndOfReset, sendCommand } from "../helpers/agent-commands.ts";
import { type Faults, startAgentProcess } from "../helpers/agent-process.ts";
import { findFreePort } from "../helpers/program.ts";
import { makeSampleService } from "../helpers/sample-service.ts";

const FILES = ["pos.db", "pos.db-wal"];

interface Walk {
  killed: boolean;
  outcome: "old database" | "new database";
}

t.test("killed at each step of a reset, it ends with the old database or the new one", async (t) => {
  const outcomes = await walkThroughKills(t, {});
  t.same([...new Set(outcomes)], ["old database", "new database"], "undone first, finished later");
  t.ok(outcomes.length >= 8, `${outcomes.length} places`);
});

t.test("killed at each step of a reset that is undone, it is either undone or finished", async (t) => {
  const outcomes = await walkThroughKills(t, { failRenameOf: "pos.db-wal" });
  t.same(outcomes.at(-1), "old database");
  t.ok(outcomes.length >= 8, `${outcomes.length} places`);
});

/** Kills an agent after so many renames of a reset, starts another, and looks at what the reset has come to. */
async function resetAndKill(t: Test, faults: Faults): Promise<Walk> {
  const pos = await makeSampleService(t, { port: await findFreePort() });
  const oldHashes = await hashFiles(pos.root);
  const key = randomUUID();
  const first = await startAgentProcess(t, pos, faults);
  // An agent that is killed while it accepts the command gives no answer.
  await sendCommand(first, "/v1/database-resets", { key }).catch(() => null);
  await Promise.race([first.ended, awaitEndOfReset(pos.root, key).catch(() => {})]);
  const killed = first.child.signalCode === "SIGKILL";
  if (!killed) await first.close();

  const second = await startTestAgent(t, pos);
  await awaitEndOfReset(pos.root, key);
  const report = await awaitCommand(second, "/v1/database-resets", key);
  const calls = pos.calls();
  t.match(await sendCommand(second, "/v1/database-resets", { key }), { status: 202, body: report });
  t.same(pos.calls(), calls, "the same key does not act twice");
  t.match(await pos.read("service-state.txt"), /^running/);

  const folders = existsSync(pos.path("quarantine")) ? await readdir(pos.path("quarantine")) : [];
  if (report.step === "failed") {
    t.same(await hashFiles(pos.root), oldHashes, "the old database is in place");
    t.same(folders, []);
    t.same(report.movedFiles, []);
    return { killed, outcome: "old database" };
  }
  t.equal(await pos.read("pos.db"), "new database");
  t.notOk(existsSync(pos.path("pos.db-wal")));
  t.equal(folders.length, 1);
  const folder = pos.path(`quarantine/${folders[0]}`);
  const manifest = JSON.parse(await pos.read(`quarantine/${folders[0]}/manifest.json`));
  t.same(await hashFiles(folder), oldHashes, "the old database is in quarantine");
  t.same(
    manifest.files.map(({ name, sha256 }: { name: string; sha256: string }) => `${name} ${sha256}`),
    oldHashes,
    "and the manifest has its hashes",
  );
  return { killed, outcome: "new database" };
}

async function hashFiles(folder: string): Promise<string[]> {
  const hashes = FILES.map(async (name) => `${name} ${(await hashFile(`${folder}/${name}`)).sha256}`);
  return Promise.all(hashes);
}

/**
 * Kills an agent in the middle of a reset after its first rename, another one after its second, … until a reset comes
 * through without being killed; each time a new agent follows. @returns what each reset came to.
 */
async function walkThroughKills(t: Test, faults: Faults): Promise<Walk["outcome"][]> {
  const outcomes: Walk["outcome"][] = [];
  for (let killAfterRename = 1; ; killAfterRename += 1) {
    let result: Walk | null = null;
    await t.test(`killed after rename ${killAfterRename}`, async (t) => {
      result = await resetAndKill(t, { ...faults, killAfterRename });
    });
    if (!result) throw new Error("no result");
    const { killed, outcome }: Walk = result;
    outcomes.push(outcome);
    if (!killed) return outcomes;
  }
}
