import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import iikocard5 from "../../src/agent/profiles/iikocard5.json" with { type: "json" };
import { compileTaught } from "../../src/agent/sync-log/taught-rules.ts";
import type { LogKinds } from "../../src/protocol/log-patterns.ts";
import { callAgent, makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import { failedLine, makeLogFolder, minutesAgo, otherLine, succeededLine } from "../helpers/log-folder.ts";

const SUCCESS = "Обмен с главным сервером: успешно завершён";
const NOTHING = { attempted: [], succeeded: [], failed: [], excluded: [] };

t.test("what fits general phrases is a guess until somebody says what the lines mean", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(succeededLine(minutesAgo(9)));
  t.match(await (await folder.follow()).readLogState(), { evidence: "guess" });
  const taught = compileTaught({ ...NOTHING, succeeded: [SUCCESS] });
  const log = await folder.follow({ taught });
  t.match(await log.readLogState(), { evidence: "known" });
  await folder.write(failedLine(minutesAgo(8), "нет связи"));
  t.match(await log.readLogState(), { evidence: "guess" }, "the last exchange counts");
  await folder.write(succeededLine(minutesAgo(7)));
  t.match(await log.readLogState(), { evidence: "known" });
  const own = makeLogFolder(t, { succeeded: [SUCCESS] });
  await own.write(succeededLine(minutesAgo(9)));
  t.match(
    await (await own.follow()).readLogState(),
    { evidence: "known" },
    "as does one's own configuration",
  );
});

t.test("phrases of a profile are known only with the real log that they were read from", async (t) => {
  const readFrom = { date: "2026-11-28", version: "34.2.117" };
  for (const [evidence, origin] of [
    ["guess", {}],
    ["known", { readFrom }],
  ] as const) {
    const folder = await makeAgentFolder(t, { profile: "own.json", utcOffsetMinutes: 0 });
    const logs = { ...iikocard5.logs, succeeded: [SUCCESS], ...origin };
    const profile = { ...iikocard5, name: "own", logs };
    await writeFile(join(folder.root, "own.json"), JSON.stringify(profile));
    await writeFile(join(folder.logs, "pos.log"), succeededLine(minutesAgo(3)));
    const agent = await startTestAgent(t, folder);
    t.match((await callAgent(agent, "/v1/status")).body, { logs: { evidence } });
  }
});

t.test("kinds of lines come with what is read in them, those that say something first", async (t) => {
  const folder = await makeAgentFolder(t, { utcOffsetMinutes: 0 });
  const others = Array.from({ length: 20 }, () => otherLine(minutesAgo(5))).join("");
  const lines = [others, failedLine(minutesAgo(4), "нет связи"), succeededLine(minutesAgo(3))];
  await writeFile(join(folder.logs, "pos.log"), lines.join(""));
  const agent = await startTestAgent(t, folder);
  const period = `from=${new Date(minutesAgo(60)).toISOString()}&to=${new Date().toISOString()}`;
  const { kinds } = (await callAgent(agent, `/v1/log-kinds?${period}`)).body as LogKinds;
  const said = kinds.map(({ says }) => says?.kind ?? null);
  t.same([said.slice(0, 2).sort(), said.slice(2)], [["failed", "succeeded"], [null]]);
  t.same(kinds.find(({ text }) => text === SUCCESS)?.says, { kind: "succeeded", evidence: "guess" });
});
