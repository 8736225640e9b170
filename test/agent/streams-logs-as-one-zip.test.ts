import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import { fetchArchive, named, orderArchive, readArchive, takeBody } from "../helpers/log-archive.ts";

async function startWithLogs(t: Test, logs: Record<string, string | Buffer>) {
  const folder = await makeAgentFolder(t);
  for (const [name, content] of Object.entries(logs)) {
    await mkdir(join(folder.logs, name, ".."), { recursive: true });
    await writeFile(join(folder.logs, name), content);
  }
  return { folder, agent: await startTestAgent(t, folder) };
}

t.test("the archive has the logs as they are, in the order asked for, with names and times", async (t) => {
  const logs = {
    "2026-11-24/обмен с сервером.log": "Обмен с главным сервером: начат\r\n".repeat(10_000),
    "empty.log": "",
    "binary.log": randomBytes(1_000_000),
  };
  const { folder, agent } = await startWithLogs(t, logs);
  const modifiedAt = new Date("2026-11-20T10:11:12.000Z");
  await utimes(join(folder.logs, "binary.log"), modifiedAt, modifiedAt);

  const answer = await orderArchive(agent, named(Object.keys(logs)));
  t.equal(answer.statusCode, 200);
  t.match(answer.headers, { "content-type": "application/zip", "transfer-encoding": "chunked" });
  const zip = await takeBody(answer);
  const files = await readArchive(zip);
  t.same([...files.keys()], Object.keys(logs), "no text about missing logs when there are none");
  for (const [name, content] of Object.entries(logs))
    t.ok(files.get(name)?.content.equals(Buffer.from(content)), name);
  t.same(files.get("binary.log")?.modifiedAt, modifiedAt);

  const zipFile = join(folder.root, "archive.zip");
  await writeFile(zipFile, zip);
  t.match((await promisify(execFile)("unzip", ["-t", zipFile])).stdout, "No errors detected");
});

t.test("the last bytes of a log begin with a whole line and are never more than asked for", async (t) => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `строка ${index}\n`);
  const { agent } = await startWithLogs(t, { "pos.log": lines.join(""), "long.log": "x".repeat(500_000) });
  const tailOf = async (name: string, tailBytes: number) =>
    (await fetchArchive(agent, [{ name, tailBytes }])).get(name)?.content.toString();

  const lastLine = lines.at(-1) ?? "";
  const lastLineBytes = Buffer.byteLength(lastLine);
  t.equal(await tailOf("pos.log", 2 * lastLineBytes), lines.slice(-2).join(""), "exactly two lines");
  t.equal(await tailOf("pos.log", 2 * lastLineBytes - 1), lastLine, "one byte less than two lines");
  t.equal(await tailOf("pos.log", 3), "99\n", "less than a line");
  t.equal(await tailOf("pos.log", 0), "");
  t.equal(await tailOf("pos.log", 10_000_000), lines.join(""), "more than there is");
  t.equal((await tailOf("long.log", 300_000))?.length, 300_000, "one endless line");
});

t.test("the last bytes of a UTF-16 log can be read alone", async (t) => {
  const text = "\uFEFFначало\nстрока 1\nстрока 2\n";
  const { agent } = await startWithLogs(t, {
    "pos.log": Buffer.from(text, "utf16le"),
    "endless.log": Buffer.from(`\uFEFF${"ы".repeat(50_000)}`, "utf16le"),
  });
  for (const tailBytes of [39, 38, 37, 22, 21]) {
    const files = await fetchArchive(agent, [{ name: "pos.log", tailBytes }]);
    const content = files.get("pos.log")?.content ?? Buffer.alloc(0);
    t.ok(content.length <= tailBytes, `${tailBytes}`);
    const expected = tailBytes >= 38 ? "\uFEFFстрока 1\nстрока 2\n" : "\uFEFFстрока 2\n";
    t.equal(content.toString("utf16le"), expected, `${tailBytes}`);
  }
  const files = await fetchArchive(agent, [{ name: "endless.log", tailBytes: 13 }]);
  t.equal(files.get("endless.log")?.content.toString("utf16le"), "\uFEFFыыыыы", "within a line");
});

t.test("a log from before 1970 is archived too", async (t) => {
  const { folder, agent } = await startWithLogs(t, { "pos.log": "a\n" });
  await utimes(join(folder.logs, "pos.log"), -5_000_000, -5_000_000);
  const files = await fetchArchive(agent, [{ name: "pos.log" }]);
  t.equal(files.get("pos.log")?.content.toString(), "a\n");
});

t.test("an order may be larger than other calls", async (t) => {
  const names = Array.from({ length: 1_500 }, (_, index) => `2026-11-24/касса номер ${index}.log`);
  const { agent } = await startWithLogs(t, Object.fromEntries(names.map((name) => [name, name])));
  const files = await fetchArchive(agent, named(names));
  t.same([...files.keys()], names);
});
