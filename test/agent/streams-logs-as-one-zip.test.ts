import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFile, mkdir, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { ARCHIVE_README } from "../../src/protocol/logs.ts";
import { makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import {
  type ArchivedFile,
  fetchArchive,
  LONG_LOG,
  named,
  orderArchive,
  orderRefused,
  readArchive,
  takeBody,
  writeLongLog,
} from "../helpers/log-archive.ts";

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
    "2026-11-24/обмен с сервером.log": "Касса 2: гость найден\r\n".repeat(10_000),
    "empty.log": "",
    "binary.log": randomBytes(1_000_000),
  };
  const { folder, agent } = await startWithLogs(t, logs);
  const modifiedAt = new Date("2026-11-20T10:11:12.000Z");
  await utimes(join(folder.logs, "binary.log"), modifiedAt, modifiedAt);
  await utimes(join(folder.logs, "empty.log"), -5_000_000, -5_000_000); // before 1970

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
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");
  const logs = { "pos.log": utf16("начало\nстрока 1\nстрока 2\n"), "endless.log": utf16("ы".repeat(50_000)) };
  const { agent } = await startWithLogs(t, logs);
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

t.test("an order may be larger than other calls", async (t) => {
  const { agent } = await startWithLogs(t, { "pos.log": "a\n" });
  const gone = Array.from({ length: 400 }, (_, index) => `${"x".repeat(200)}${index}.log`);
  t.same([...(await fetchArchive(agent, named([...gone, "pos.log"]))).keys()], ["pos.log", ARCHIVE_README]);
});

const readmeOf = (files: Map<string, ArchivedFile>) => files.get(ARCHIVE_README)?.content.toString() ?? "";

t.test("logs that are not there are named in a text that Notepad shows; the others are sent", async (t) => {
  const { agent } = await startWithLogs(t, { "pos.log": "a\n" });
  const names = ["2026-11-24/удалён.log", "pos.log", "pos.log/inside.log"];
  const files = await fetchArchive(agent, named(names));
  t.same([...files.keys()], ["pos.log", ARCHIVE_README]);
  t.equal(
    readmeOf(files),
    "\uFEFFНе всё удалось прочитать на POS-сервере. В этом архиве нет, или есть не целиком:\r\n\r\n" +
      "2026-11-24/удалён.log: файла больше нет\r\n" +
      "pos.log/inside.log: файла больше нет\r\n",
  );
  t.same([...(await fetchArchive(agent, [{ name: "gone.log" }])).keys()], [ARCHIVE_README]);
});

async function startWithLongLog(t: Test) {
  const folder = await makeAgentFolder(t);
  await writeLongLog(folder);
  return { folder, path: (name: string) => join(folder.logs, name), agent: await startTestAgent(t, folder) };
}

t.test("a log that grows and is removed while it is read is sent as it was when it was opened", async (t) => {
  const { agent, path } = await startWithLongLog(t);
  const answer = await orderArchive(agent, [{ name: "long.log" }]);
  await appendFile(path("long.log"), "written meanwhile");
  await rm(path("long.log"));
  const files = await readArchive(await takeBody(answer));
  t.same([...files.keys()], ["long.log"]);
  t.ok(files.get("long.log")?.content.equals(LONG_LOG));
});

t.test("what is cut while it is read, or replaced before its turn, is named", async (t) => {
  const { folder, agent, path } = await startWithLongLog(t);
  const names = ["gone.log", "folder.log", "link-out.log", "pos.log"];
  for (const name of names) await writeFile(path(name), "a\n");
  const answer = await orderArchive(agent, named(["long.log", ...names]));

  for (const name of ["gone.log", "folder.log", "link-out.log"]) await rm(path(name));
  await mkdir(path("folder.log"));
  await symlink(join(folder.root, "version.txt"), path("link-out.log"));
  await truncate(path("long.log"), 10);

  const files = await readArchive(await takeBody(answer));
  t.same([...files.keys()], ["long.log", "pos.log", ARCHIVE_README]);
  const content = files.get("long.log")?.content ?? Buffer.alloc(0);
  t.ok(content.length > 0 && content.length < LONG_LOG.length);
  t.ok(content.equals(LONG_LOG.subarray(0, content.length)), "as far as it was read");
  const cut =
    /long\.log: прочитано [\d,]+ [КМ]Б из 12 МБ, остального в архиве нет: файл стал короче, пока его читали\r\n/;
  t.match(readmeOf(files), cut);
  t.match(
    readmeOf(files),
    "gone.log: файла больше нет\r\n" +
      "folder.log: вместо файла оказалось другое\r\n" +
      "link-out.log: вместо файла оказалось другое\r\n",
  );
});

t.test("a name that is no log inside the log folder gets 400, and nothing is sent", async (t) => {
  const folder = await makeAgentFolder(t);
  const outside = join(folder.root, "secret.log");
  await writeFile(outside, "secret");
  await mkdir(join(folder.root, "Logs-2"));
  await writeFile(join(folder.root, "Logs-2", "pos.log"), "beside");
  await writeFile(join(folder.logs, "pos.log"), "a\n");
  await writeFile(join(folder.logs, "data.bin"), "no log");
  await mkdir(join(folder.logs, "folder.log"));
  await symlink(outside, join(folder.logs, "link-out.log"));
  await symlink(folder.root, join(folder.logs, "linked-folder"));
  await symlink(join(folder.logs, "data.bin"), join(folder.logs, "link-to-no-log.log"));
  const agent = await startTestAgent(t, folder);

  const names = [
    outside,
    "../secret.log",
    "x/../../secret.log",
    "./pos.log",
    "x//pos.log",
    "/pos.log",
    "pos.log/",
    "..\\secret.log",
    "x\\pos.log",
    "C:\\Windows\\win.log",
    "C:/Windows/win.log",
    "c:pos.log",
    "\\\\server\\share\\pos.log",
    "pos.log\u0000.log",
    "pos\n.log",
    "pos\ud800.log",
    "folder.log",
    "data.bin",
    "link-out.log",
    "link-to-no-log.log",
    "linked-folder/secret.log",
    "linked-folder/Logs-2/pos.log",
    "../Logs-2/pos.log",
    "_README.txt",
    "_readme.TXT",
  ];
  for (const name of names) {
    const answer = await orderRefused(agent, { files: named(["pos.log", name]) });
    const body = { error: "invalid_files", message: /log file/ };
    t.match(answer, { status: 400, body }, JSON.stringify(name));
  }
});

t.test("a link that stays inside is followed, but no log is sent twice by one", async (t) => {
  const folder = await makeAgentFolder(t, { logs: { directory: "linked-logs" } });
  await symlink(folder.logs, join(folder.root, "linked-logs"));
  await writeFile(join(folder.logs, "pos.log"), "a\n");
  await symlink("pos.log", join(folder.logs, "link.log"));
  const agent = await startTestAgent(t, folder);
  const files = await fetchArchive(agent, [{ name: "link.log" }]);
  t.equal(files.get("link.log")?.content.toString(), "a\n");
  const refused = { status: 400, body: { error: "invalid_files", message: /twice/ } };
  for (const [one, other] of [
    ["pos.log", "pos.log"],
    ["pos.log", "link.log"],
    ["gone.log", "gone.log"],
  ] as const)
    t.match(await orderRefused(agent, { files: named([one, other]) }), refused);
});

t.test("an order that is none gets 400", async (t) => {
  const { folder, agent } = await startWithLogs(t, { "pos.log": "a\n" });
  const name = "pos.log";
  const orders = [
    {},
    [],
    { files: [] },
    { files: [name] },
    { files: [{ name: 1 }] },
    { files: [{ name: "" }] },
    { files: [{ name, tailBytes: -1 }] },
    { files: [{ name, tailBytes: 1.5 }] },
    { files: [{ name, tailBytes: "1" }] },
    { files: [{ name: "x".repeat(2_000) }] },
    { files: Array.from({ length: 10_001 }, (_, index) => ({ name: `${index}.log` })) },
  ];
  const body = { message: String };
  for (const order of orders)
    t.match(await orderRefused(agent, order), { status: 400, body }, JSON.stringify(order).slice(0, 60));

  await rm(folder.logs, { recursive: true });
  const unreadable = await orderRefused(agent, { files: [{ name }] });
  t.match(unreadable, { status: 500, body: { error: "logs_unreadable" } });
});
