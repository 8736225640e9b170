import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import { fetchArchive, named, orderRefused } from "../helpers/log-archive.ts";

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

t.test("the same log asked for twice gets 400, also by way of a link", async (t) => {
  const folder = await makeAgentFolder(t);
  await writeFile(join(folder.logs, "pos.log"), "a\n");
  await symlink("pos.log", join(folder.logs, "link.log"));
  const agent = await startTestAgent(t, folder);
  const body = { error: "invalid_files", message: /twice/ };
  for (const names of [
    ["pos.log", "pos.log"],
    ["pos.log", "link.log"],
    ["gone.log", "gone.log"],
  ])
    t.match(await orderRefused(agent, { files: named(names) }), { status: 400, body });
});

t.test("a link that stays inside is followed, and a log folder may itself be one", async (t) => {
  const folder = await makeAgentFolder(t, { logs: { directory: "linked-logs" } });
  await symlink(folder.logs, join(folder.root, "linked-logs"));
  await writeFile(join(folder.logs, "pos.log"), "a\n");
  await symlink("pos.log", join(folder.logs, "link.log"));
  const agent = await startTestAgent(t, folder);
  const files = await fetchArchive(agent, [{ name: "link.log" }]);
  t.equal(files.get("link.log")?.content.toString(), "a\n");
});

t.test("an order that is none gets 400", async (t) => {
  const folder = await makeAgentFolder(t);
  await writeFile(join(folder.logs, "pos.log"), "a\n");
  const agent = await startTestAgent(t, folder);
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
