import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { endlessExport } from "../helpers/endless-export.ts";
import { makeFolder } from "../helpers/folder.ts";
import { textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("one person's files take one worker, wait and are bounded; another's is made at once", async (t) => {
  const monitor = await startMonitor(t);
  const { excelWorkers } = monitor.app;
  const anna = await signedIn(monitor, { organizations: "all" });
  const boris = await signedIn(monitor, { organizations: "all" });
  const begun = join(makeFolder(t), "begun");
  writeFileSync(begun, "");
  const leaving = new AbortController();
  const hers = Array.from({ length: 4 }, () =>
    excelWorkers.run(anna.userId, endlessExport(monitor.app, begun), leaving.signal),
  );
  const ended = Promise.allSettled(hers);
  await waitFor(() => readFileSync(begun).length === 1 && excelWorkers.waiting() === 3);

  const his = await boris.get("/pos-servers.xlsx");
  t.equal(his.statusCode, 200);
  t.equal(readFileSync(begun).length, 1, "only one of hers has begun");

  const more = await anna.get("/pos-servers.xlsx");
  t.equal(more.statusCode, 429);
  t.match(more.headers, { "retry-after": "10" });
  t.match(textOf(more.body), "Вы уже скачиваете несколько файлов");
  leaving.abort();
  await ended;
  t.equal((await anna.get("/pos-servers.xlsx")).statusCode, 200);
});
