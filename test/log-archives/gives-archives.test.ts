import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readlinkSync, rmSync, truncateSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import t, { type Test } from "tap";
import { request } from "undici";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addArchive, addLogRequest, MEGABYTE } from "../helpers/log-archives.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";
import { beginTestSession } from "../helpers/session.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readArchive } from "../helpers/zip-contents.ts";

/** A monitor that listens, with one archive in its store. */
async function start(t: Test) {
  const monitor = await startMonitor(t);
  const posServerId = await monitor.addPosServer({ name: "Тверская, 12" });
  const logRequestId = await addLogRequest(monitor, posServerId, { status: "done", finishedAt: 1 });
  const archive = await addArchive(monitor, logRequestId, { text: randomBytes(3_000).toString("hex") });
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  const cookie = `session=${await beginTestSession(monitor.db)}; timeZone=Europe/Moscow`;
  return { monitor, logRequestId, archive, url, archiveUrl: `${url}/log-archives/${archive.id}`, cookie };
}

async function get(url: string, headers: Record<string, string>, method: "GET" | "HEAD" = "GET") {
  const answer = await request(url, { method, headers });
  return { ...answer, bytes: Buffer.from(await answer.body.arrayBuffer()) };
}

/** The name under which a browser saves an answer. */
function savedAs(headers: IncomingHttpHeaders): string {
  const [, name = ""] = /filename\*=UTF-8''(\S+)/.exec(headers["content-disposition"] ?? "") ?? [];
  return decodeURIComponent(name);
}

const listDownloads = ({ db }: TestMonitor) => recordedEvents(db, "log_archive_download");

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

t.test("an archive comes as it is, whole or in parts, and is recorded once", async (t) => {
  const { archive, archiveUrl, cookie, monitor } = await start(t);
  const whole = archive.bytes.length;
  const head = await get(archiveUrl, { cookie }, "HEAD");
  t.match([head.statusCode, head.bytes.length], [200, 0], "HEAD says all of it and sends nothing");
  t.equal(head.headers["content-length"], String(whole));
  t.match(head.headers["content-disposition"], /^attachment; /);
  t.same(await listDownloads(monitor), []);
  t.same(listOpenArchives(monitor), []);

  const { statusCode, headers, bytes } = await get(archiveUrl, { cookie, "accept-encoding": "gzip, br" });
  t.equal(statusCode, 200);
  t.ok(bytes.equals(archive.bytes));
  t.match(headers, {
    "content-type": "application/zip",
    "content-length": String(whole),
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  });
  t.equal(headers["content-encoding"], undefined);
  t.equal(savedAs(headers), "ООО «Вкусный дом» – Тверская, 12 – 2026-11-24.zip");
  await waitFor(() => listOpenArchives(monitor).length === 0);

  const part = (range: string, ifRange?: string) =>
    get(archiveUrl, { cookie, range, ...(ifRange && { "if-range": ifRange }) });
  for (const [range, from, to] of [
    ["bytes=0-99", 0, 100],
    ["bytes=100-", 100, whole],
    ["bytes=-50", whole - 50, whole],
    [`bytes=100-${whole + 1000}`, 100, whole],
    ["bytes=0-0", 0, 1],
  ] as const) {
    const { statusCode, headers, bytes } = await part(range, String(head.headers.etag));
    t.equal(statusCode, 206, range);
    t.equal(headers["content-range"], `bytes ${from}-${to - 1}/${whole}`, range);
    t.ok(bytes.equals(archive.bytes.subarray(from, to)), range);
  }
  t.equal((await part(`bytes=${whole}-`)).statusCode, 416);
  for (const [range, ifRange] of [
    ["bytes=100-", '"of something else"'],
    ["bytes=100-", "Tue, 24 Nov 2020 10:00:00 GMT"],
    ["bytes=0-9, 20-29"],
    ["lines=1-2"],
  ] as const) {
    const { statusCode, bytes } = await part(range, ifRange);
    t.equal(statusCode, 200, `${range} ${ifRange}`);
    t.ok(bytes.equals(archive.bytes), "only of what the browser has begun with");
  }

  const downloads = await listDownloads(monitor);
  t.equal(downloads.length, 1);
  t.same(downloads[0]?.detail, [{ key: "archive", values: { path: archive.path } }]);
  t.match(downloads[0], { subject: "Тверская, 12", userLogin: "test-administrator" });
  monitor.clock.advance(HOUR_MS);
  await part("bytes=10-");
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

  await changeRows(monitor.db, "logArchive", { path: null, removedAt: monitor.clock() });
  const removed = await user.get(url);
  t.equal(removed.statusCode, 410);
  t.match(textOf(removed.body), /Удалён 24\.11: срок хранения истёк/);
  t.equal((await user.get(all)).statusCode, 404);
  await changeRows(monitor.db, "logArchive", { status: "planned", path: null });
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
  t.equal(savedAs(answer.headers), "ООО «Вкусный дом» – Тверская, 12 – 2026-11-23–2026-11-24.zip");

  const entries = [...(await readArchive(answer.bytes))].map(([name, { content }]) => [name, content]);
  t.same(entries, [
    ["pos-100237-tverskaya-12-2026-11-24.zip", archive.bytes],
    ["pos-100237-tverskaya-12-2026-11-23.zip", other.bytes],
  ]);
  t.equal((await listDownloads(monitor)).length, 2);
  await waitFor(() => listOpenArchives(monitor).length === 0);
});

t.test("a browser that leaves ends the work on its download", async (t) => {
  const { archive, logRequestId, url, archiveUrl, cookie, monitor } = await start(t);
  // More than the buffers of a connection hold.
  truncateSync(archive.file, 16 * MEGABYTE);
  await changeRows(monitor.db, "logArchive", { zipBytes: 16 * MEGABYTE });
  for (const left of [archiveUrl, `${url}/log-requests/${logRequestId}/archives.zip`]) {
    const { body, statusCode } = await request(left, { headers: { cookie } });
    t.equal(statusCode, 200);
    await new Promise((resolve) => body.once("readable", resolve));
    t.equal(listOpenArchives(monitor).length, existsSync("/proc/self/fd") ? 1 : 0);
    body.on("error", () => undefined);
    body.destroy();
    await waitFor(() => listOpenArchives(monitor).length === 0);
  }
});
