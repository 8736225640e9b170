import { appendFile, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { ARCHIVE_README } from "../../src/protocol/logs.ts";
import { makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import {
  type ArchivedFile,
  fetchArchive,
  LONG_LOG,
  named,
  orderArchive,
  readArchive,
  takeBody,
  writeLongLog,
} from "../helpers/log-archive.ts";

async function startWithLongLog(t: Test) {
  const folder = await makeAgentFolder(t);
  const path = (name: string) => join(folder.logs, name);
  await writeLongLog(folder);
  await writeFile(path("pos.log"), "a\n");
  return { folder, path, agent: await startTestAgent(t, folder) };
}

const readmeOf = (files: Map<string, ArchivedFile>) => files.get(ARCHIVE_README)?.content.toString() ?? "";

t.test("logs that are not there are named in a text that Notepad shows; the others are sent", async (t) => {
  const { agent } = await startWithLongLog(t);
  const names = ["2026-11-24/удалён.log", "pos.log", "pos.log/inside.log"];
  const files = await fetchArchive(agent, named(names));
  t.same([...files.keys()], ["pos.log", ARCHIVE_README]);
  t.equal(
    readmeOf(files),
    "\uFEFFНе всё удалось прочитать на POS-сервере. В этом архиве нет, или есть не целиком:\r\n\r\n" +
      "2026-11-24/удалён.log: файла больше нет\r\n" +
      "pos.log/inside.log: файла больше нет\r\n",
  );
});

t.test("an archive of nothing that is there has the text alone", async (t) => {
  const { agent } = await startWithLongLog(t);
  t.same([...(await fetchArchive(agent, [{ name: "gone.log" }])).keys()], [ARCHIVE_README]);
});

t.test("a log that grows while it is read is sent as it was when it was opened", async (t) => {
  const { agent, path } = await startWithLongLog(t);
  const answer = await orderArchive(agent, [{ name: "long.log" }]);
  await appendFile(path("long.log"), "written meanwhile");
  const files = await readArchive(await takeBody(answer));
  t.same([...files.keys()], ["long.log"]);
  t.ok(files.get("long.log")?.content.equals(LONG_LOG));
});

t.test("a log that is cut while it is read is sent as far as it was read, and named", async (t) => {
  const { agent, path } = await startWithLongLog(t);
  const answer = await orderArchive(agent, [{ name: "long.log" }, { name: "pos.log" }]);
  await truncate(path("long.log"), 10);
  const files = await readArchive(await takeBody(answer));
  t.same([...files.keys()], ["long.log", "pos.log", ARCHIVE_README]);
  const content = files.get("long.log")?.content ?? Buffer.alloc(0);
  t.ok(content.length > 0 && content.length < LONG_LOG.length);
  t.ok(content.equals(LONG_LOG.subarray(0, content.length)));
  const cut =
    /long\.log: прочитано [\d,]+ [КМ]Б из 12 МБ, остального в архиве нет: файл стал короче, пока его читали\r\n/;
  t.match(readmeOf(files), cut);
});

t.test("a log that is renamed or removed while it is read is sent whole", async (t) => {
  for (const change of ["rename", "remove"] as const) {
    const { agent, path } = await startWithLongLog(t);
    const answer = await orderArchive(agent, [{ name: "long.log" }]);
    if (change === "rename") await rename(path("long.log"), path("long.1.log"));
    else await rm(path("long.log"));
    const files = await readArchive(await takeBody(answer));
    t.same([...files.keys()], ["long.log"], change);
    t.ok(files.get("long.log")?.content.equals(LONG_LOG), change);
  }
});

t.test("what takes the place of a log before its turn is not sent, but named", async (t) => {
  const { folder, agent, path } = await startWithLongLog(t);
  const names = ["gone.log", "folder.log", "link-out.log", "pos.log"];
  for (const name of names) await writeFile(path(name), "a\n");
  const answer = await orderArchive(agent, named(["long.log", ...names]));

  for (const name of ["gone.log", "folder.log", "link-out.log"]) await rm(path(name));
  await mkdir(path("folder.log"));
  await symlink(join(folder.root, "version.txt"), path("link-out.log"));

  const files = await readArchive(await takeBody(answer));
  t.same([...files.keys()], ["long.log", "pos.log", ARCHIVE_README]);
  t.match(
    readmeOf(files),
    "gone.log: файла больше нет\r\n" +
      "folder.log: вместо файла оказалось другое\r\n" +
      "link-out.log: вместо файла оказалось другое\r\n",
  );
});
