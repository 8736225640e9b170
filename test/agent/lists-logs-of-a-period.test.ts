import { linkSync } from "node:fs";
import { mkdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Compile } from "typebox/compile";
import { LogList } from "../../src/protocol/logs.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { type AgentAnswer, callAgent, makeAgentFolder, startTestAgent } from "../helpers/agent.ts";

// Whole seconds: the milliseconds of a file are not always kept exactly.
const now = Math.trunc(Date.now() / 1000) * 1000;

const iso = (at: number) => new Date(at).toISOString();
const namesOf = ({ body }: AgentAnswer) => (body as LogList).files.map((file) => file.name);

async function startWithLogs(t: Test, settings: Record<string, unknown> = {}) {
  const folder = await makeAgentFolder(t, settings);
  const agent = await startTestAgent(t, folder);
  return {
    folder,
    /** Makes a log now; its last change is given as the file system has it. */
    async write(name: string, modifiedAt: number, content = "line\n") {
      const path = join(folder.logs, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, content);
      await utimes(path, modifiedAt / 1000, modifiedAt / 1000);
    },
    list: (from: number, to: number) => callAgent(agent, `/v1/logs?from=${iso(from)}&to=${iso(to)}`),
    query: (query: string) => callAgent(agent, `/v1/logs${query}`),
  };
}

t.test("a log belongs to every period between its creation and its last change", async (t) => {
  const { folder, write, list } = await startWithLogs(t);
  await write("pos.log", now + 10 * HOUR_MS);
  const createdAt = Math.floor((await stat(join(folder.logs, "pos.log"))).birthtimeMs);
  const changedAt = now + 10 * HOUR_MS;
  const periods: [from: number, to: number, isListed: boolean][] = [
    [createdAt - DAY_MS, createdAt - 1, false],
    [createdAt - DAY_MS, createdAt + 1, true],
    [now + 4 * HOUR_MS, now + 5 * HOUR_MS, true],
    [createdAt - DAY_MS, changedAt + DAY_MS, true],
    [changedAt, changedAt + DAY_MS, true],
    [changedAt + 1, changedAt + DAY_MS, false],
  ];
  for (const [from, to, isListed] of periods)
    t.same(namesOf(await list(from, to)), isListed ? ["pos.log"] : [], `${iso(from)} – ${iso(to)}`);
});

t.test("a log that was copied or restored began with the time of its first line", async (t) => {
  const { write, list } = await startWithLogs(t);
  const changedAt = now - 2 * DAY_MS;
  const local = iso(changedAt - 5 * HOUR_MS + 180 * MINUTE_MS);
  const lines = `\uFEFF[${local.slice(0, 19).replace("T", " ")},000] INFO [1] — a\r\n`;
  await write("copied.log", changedAt, lines);
  await write("without-times.log", changedAt, "a\n");
  await write("restored.log", now + HOUR_MS, lines);
  const within = await list(changedAt - 4 * HOUR_MS, changedAt - 3 * HOUR_MS);
  t.same(namesOf(within), ["restored.log", "copied.log"]);
  t.match(within.body, { files: [{ createdAt: iso(changedAt - 5 * HOUR_MS) }, {}] });
  t.same(namesOf(await list(changedAt - 9 * HOUR_MS, changedAt - 6 * HOUR_MS)), []);
  const all = await list(changedAt - MINUTE_MS, now);
  t.same(namesOf(all).sort(), ["copied.log", "restored.log", "without-times.log"]);
  for (const file of (all.body as LogList).files) t.ok(file.createdAt <= file.modifiedAt, file.name);
});

t.test("the newest come first, with their size, and nothing that an archive would refuse", async (t) => {
  const { folder, write, list } = await startWithLogs(t);
  await write("2026-11-23/обмен.log", now - 2 * HOUR_MS, "привет");
  await write("pos.log", now - HOUR_MS);
  await write("a/b/c/старый.txt", now - 3 * HOUR_MS);
  const answer = await list(now - DAY_MS, now);
  t.match(answer, { status: 200, headers: { "cache-control": "no-store" } });
  t.ok(Compile(LogList).Check(answer.body));
  t.same(namesOf(answer), ["pos.log", "2026-11-23/обмен.log", "a/b/c/старый.txt"]);
  t.match(answer.body, { files: [{}, { bytes: 12, modifiedAt: iso(now - 2 * HOUR_MS) }, {}] });

  // What an archive would refuse: other files, links, its own text.
  await write("pos.db", now);
  await write("_README.txt", now);
  await write("back\\slash.log", now);
  await mkdir(join(folder.logs, "folder.log"));
  await symlink(join(folder.root, "version.txt"), join(folder.logs, "link.log"));
  await symlink(folder.root, join(folder.logs, "linked"));
  t.same(namesOf(await list(now - DAY_MS, now + DAY_MS)), namesOf(answer));
});

t.test("of more than 10,000 logs of a period the newest are listed, whatever else there is", async (t) => {
  const { folder, write, list } = await startWithLogs(t);
  const newer = now + DAY_MS;
  await write("0.log", newer, "");
  for (let index = 1; index <= 10_000; index += 1)
    linkSync(join(folder.logs, "0.log"), join(folder.logs, `${index}.log`));
  await write("old.log", 1_000, "");
  const all = await list(0, newer);
  t.equal(namesOf(all).length, 10_000);
  t.notOk(namesOf(all).includes("old.log"), "the oldest is left out");
  t.same(namesOf(await list(0, 2_000)), ["old.log"], "older periods are not cut by newer logs");
});

t.test("a wrong query gets 400 and says what is wrong; without a log folder it is a failure", async (t) => {
  const { folder, query, list } = await startWithLogs(t);
  const wrong = [
    "",
    "?from=2026-11-24T00:00:00Z",
    "?from=yesterday&to=2026-11-24T00:00:00Z",
    "?from=2026-11-24&to=2026-11-25",
    "?from=2026-11-24T00:00:00Z&to=2026-13-24T00:00:00Z",
    "?from=2026-11-24T00:00:00Z&from=2026-11-23T00:00:00Z&to=2026-11-25T00:00:00Z",
  ];
  for (const text of wrong) {
    const answer = await query(text);
    t.match(answer, { status: 400, body: { error: String, message: /from|to/ } }, text);
  }
  const reversed = await query("?from=2026-11-25T00:00:00Z&to=2026-11-24T00:00:00Z");
  t.match(reversed, { status: 400, body: { error: "invalid_period" } });

  await rm(folder.logs, { recursive: true });
  const unreadable = { error: "logs_unreadable", message: /ENOENT/ };
  t.match(await list(now - DAY_MS, now), { status: 500, body: unreadable });
});
