import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readlinkSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { request } from "undici";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addArchive, addLogRequest, MEGABYTE } from "../helpers/log-archives.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { beginTestSession } from "../helpers/session.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readArchive } from "../helpers/zip-contents.ts";

const RUSSIAN_NAME = "ООО «Вкусный дом» – Тверская, 12 – 2026-11-24.zip";

/** A monitor that listens, with one archive in its store. */
async function start(t: Test, text = randomBytes(3_000).toString("hex")) {
  const monitor = await startMonitor(t);
  const posServerId = await monitor.addPosServer({ name: "Тверская, 12" });
  const logRequestId = await addLogRequest(monitor, posServerId, { status: "done", finishedAt: 1 });
  const archive = await addArchive(monitor, logRequestId, { text });
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  const cookie = `session=${await beginTestSession(monitor.db)}; timeZone=Europe/Moscow`;
  return { monitor, logRequestId, archive, url, archiveUrl: `${url}/log-archives/${archive.id}`, cookie };
}

async function get(url: string, headers: Record<string, string>, method: "GET" | "HEAD" = "GET") {
  const answer = await request(url, { method, headers });
  return { ...answer, bytes: Buffer.from(await answer.body.arrayBuffer()) };
}

async function listDownloads({ app }: TestMonitor) {
  return await recordedEvents(app.database.db, "log_archive_download");
}

/** Files of the store that this process has open, where the system says so. */
function listOpenArchives({ dataDir }: TestMonitor): string[] {
  if (!existsSync("/proc/self/fd")) return [];
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const file = readlinkSync(join("/proc/self/fd", fd));
      return file.startsWith(join(dataDir, "archives")) && file.endsWith(".zip") ? [file] : [];
    } catch {
      return []; // it was closed meanwhile
    }
  });
}

t.test("an archive comes as it is, with its length, its tag and its name", async (t) => {
  const { archive, archiveUrl, cookie, monitor } = await start(t);
  const { statusCode, headers, bytes } = await get(archiveUrl, { cookie, "accept-encoding": "gzip, br" });
  t.equal(statusCode, 200);
  t.ok(bytes.equals(archive.bytes));
  t.match(headers, {
    "content-type": "application/zip",
    "content-length": String(archive.bytes.length),
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  });
  t.equal(headers["content-encoding"], undefined);
  const [, encoded = ""] = /filename\*=UTF-8''(\S+)/.exec(String(headers["content-disposition"])) ?? [];
  t.equal(decodeURIComponent(encoded), RUSSIAN_NAME);
  await waitFor(() => listOpenArchives(monitor).length === 0);

  const downloads = await listDownloads(monitor);
  const head = await get(archiveUrl, { cookie }, "HEAD");
  t.match([head.statusCode, head.bytes.length], [200, 0], "HEAD says all of it and sends nothing");
  t.equal(head.headers["content-length"], String(archive.bytes.length));
  t.match(head.headers["content-disposition"], /^attachment; /);
  t.same(await listDownloads(monitor), downloads);
  t.same(listOpenArchives(monitor), []);
});

t.test("a part is given, and only of what the browser has begun with", async (t) => {
  const { archive, archiveUrl, cookie } = await start(t);
  const { headers } = await get(archiveUrl, { cookie }, "HEAD");
  const etag = String(headers.etag);
  const whole = archive.bytes.length;
  const part = (range: string, ifRange?: string) =>
    get(archiveUrl, { cookie, range, ...(ifRange && { "if-range": ifRange }) });

  const parts: [string, number, number][] = [
    ["bytes=0-99", 0, 100],
    ["bytes=100-", 100, whole],
    ["bytes=-50", whole - 50, whole],
    [`bytes=100-${whole + 1000}`, 100, whole],
    ["bytes=0-0", 0, 1],
  ];
  for (const [range, from, to] of parts) {
    const { statusCode, headers, bytes } = await part(range, etag);
    t.equal(statusCode, 206, range);
    t.equal(headers["content-range"], `bytes ${from}-${to - 1}/${whole}`, range);
    t.ok(bytes.equals(archive.bytes.subarray(from, to)), range);
  }

  t.equal((await part(`bytes=${whole}-`)).statusCode, 416);

  const wholes: [string, string?][] = [
    ["bytes=100-", '"of something else"'],
    ["bytes=100-", "Tue, 24 Nov 2020 10:00:00 GMT"],
    ["bytes=0-9, 20-29"],
    ["lines=1-2"],
  ];
  for (const [range, ifRange] of wholes) {
    const { statusCode, bytes } = await part(range, ifRange);
    t.equal(statusCode, 200, `${range} ${ifRange}`);
    t.ok(bytes.equals(archive.bytes), `${range} ${ifRange}`);
  }
});

t.test("a download is recorded once, in however many parts it is made", async (t) => {
  const { archive, archiveUrl, cookie, monitor } = await start(t);
  await get(archiveUrl, { cookie, range: "bytes=0-9" });
  await get(archiveUrl, { cookie, range: "bytes=10-" });
  await get(archiveUrl, { cookie });
  const downloads = await listDownloads(monitor);
  t.equal(downloads.length, 1);
  t.same(downloads[0]?.detail, [{ key: "archive", values: { path: archive.path } }]);
  t.match(downloads[0], { subject: "Тверская, 12", userLogin: "test-administrator" });

  monitor.clock.advance(HOUR_MS);
  await get(archiveUrl, { cookie, range: "bytes=10-" });
  t.equal((await listDownloads(monitor)).length, 2);
});

t.test("an archive whose file is gone says so, and stays in the list", async (t) => {
  const { archive, logRequestId, monitor } = await start(t);
  const user = await signedIn(monitor, { isAdministrator: true });
  const url = `/log-archives/${archive.id}`;
  const all = `/log-requests/${logRequestId}/archives.zip`;

  truncateSync(archive.file, 100);
  t.equal((await user.get(url)).statusCode, 404, "a file of another size is not that archive");
  rmSync(archive.file);
  for (const missing of [await user.get(url), await user.get(all)]) {
    t.equal(missing.statusCode, 404);
    t.match(textOf(missing.body), /Архива нет Файл архива не найден в хранилище/);
  }
  t.same(await listDownloads(monitor), []);
  t.match(await user.html(`/log-requests/${logRequestId}`), url);

  await monitor.db.updateTable("logArchive").set({ path: null, removedAt: monitor.clock() }).execute();
  const removed = await user.get(url);
  t.equal(removed.statusCode, 410);
  t.match(textOf(removed.body), /Удалён 24\.11: срок хранения истёк/);
  t.equal((await user.get(all)).statusCode, 404);
  await monitor.db.updateTable("logArchive").set({ status: "planned", path: null }).execute();
  for (const none of [url, all, "/log-archives/98765", "/log-archives/x", "/log-requests/98765/archives.zip"])
    t.equal((await user.get(none)).statusCode, 404, none);
});

t.test("all archives of a request come as one zip of known length", async (t) => {
  const { archive, logRequestId, url, cookie, monitor } = await start(t);
  const other = await addArchive(monitor, logRequestId, { day: "2026-11-23", number: 1 });
  await addArchive(monitor, logRequestId, { path: null, removedAt: 1 });
  const answer = await get(`${url}/log-requests/${logRequestId}/archives.zip`, { cookie });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers["content-length"], String(answer.bytes.length));
  const [, name = ""] = /filename\*=UTF-8''(\S+)/.exec(String(answer.headers["content-disposition"])) ?? [];
  t.equal(decodeURIComponent(name), "ООО «Вкусный дом» – Тверская, 12 – 2026-11-23–2026-11-24.zip");

  const entries = [...(await readArchive(answer.bytes))].map(([name, { content }]) => [name, content]);
  t.same(entries, [
    ["pos-100237-tverskaya-12-2026-11-24.zip", archive.bytes],
    ["pos-100237-tverskaya-12-2026-11-23.zip", other.bytes],
  ]);
  t.equal((await listDownloads(monitor)).length, 2);
  await waitFor(() => listOpenArchives(monitor).length === 0);
});

t.test("a browser that leaves ends the work on its download", async (t) => {
  const content = randomBytes(12 * MEGABYTE).toString("base64");
  const { logRequestId, url, archiveUrl, cookie, monitor } = await start(t, content);
  await addArchive(monitor, logRequestId, { text: randomBytes(12 * MEGABYTE).toString("base64") });
  for (const left of [archiveUrl, `${url}/log-requests/${logRequestId}/archives.zip`]) {
    const { body, statusCode } = await request(left, { headers: { cookie } });
    t.equal(statusCode, 200);
    await new Promise((resolve) => body.once("readable", resolve));
    body.on("error", () => undefined);
    body.destroy();
    await waitFor(() => listOpenArchives(monitor).length === 0);
  }
});
