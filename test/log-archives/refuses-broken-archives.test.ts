import { buffer } from "node:stream/consumers";
import t from "tap";
import { ZipFile } from "yazl";
import type { WantedLog } from "../../src/protocol/logs.ts";
import { startLogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";
import { type Misbehaviour, type ServedLog, sendZip, zipOf } from "../helpers/log-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

const zipBytes = async (zip: ZipFile): Promise<Buffer> => await buffer(zip.outputStream);

/** Answers with bytes instead of the zip that was asked for. */
const sending =
  (make: (order: WantedLog[]) => Buffer | Promise<Buffer>): Misbehaviour =>
  (response, order) => {
    void Promise.resolve(make(order)).then((bytes) =>
      response.setHeader("content-type", "application/zip").end(bytes),
    );
  };

const MANGLED: Record<string, [code: string, (logs: Map<string, ServedLog>) => Misbehaviour]> = {
  "no zip at all": ["broken_archive", () => sending(() => Buffer.from("<html>500</html>"))],
  "an empty body": ["broken_archive", () => sending(() => Buffer.alloc(0))],
  "a zip without its end": [
    "broken_archive",
    (logs) => sending(async (order) => (await zipBytes(zipOf(order, logs))).subarray(0, -30)),
  ],
  "a wrong checksum": [
    "broken_archive",
    (logs) =>
      sending(async (order) => {
        const bytes = await zipBytes(zipOf(order, logs));
        const directoryAt = bytes.readUInt32LE(bytes.length - 6);
        bytes.writeUInt32LE((bytes.readUInt32LE(directoryAt + 16) ^ 1) >>> 0, directoryAt + 16);
        return bytes;
      }),
  ],
  "damaged content": [
    "broken_archive",
    (logs) =>
      sending(async (order) => {
        const bytes = await zipBytes(zipOf(order, logs));
        bytes.fill(0xff, 45, 60);
        return bytes;
      }),
  ],
  "a file that nobody asked for": [
    "broken_archive",
    () =>
      sending(async () => {
        const zip = new ZipFile();
        zip.addBuffer(Buffer.from("x"), "evil.exe");
        zip.end();
        return await zipBytes(zip);
      }),
  ],
  "a name that leads out": [
    "broken_archive",
    () =>
      sending(async () => {
        const zip = new ZipFile();
        zip.addBuffer(Buffer.from("x"), "xx/evil.log");
        zip.end();
        const bytes = (await zipBytes(zip)).toString("latin1");
        return Buffer.from(bytes.replaceAll("xx/evil.log", "../evil.log"), "latin1");
      }),
  ],
  "one file twice": [
    "broken_archive",
    () =>
      sending(async ([file]) => {
        const zip = new ZipFile();
        zip.addBuffer(Buffer.from("x"), file?.name ?? "");
        zip.addBuffer(Buffer.from("y"), file?.name ?? "");
        zip.end();
        return await zipBytes(zip);
      }),
  ],
  "more bytes than planned": ["too_large", () => sending(() => Buffer.alloc(3 * 1024 * 1024, 1))],
  "a zip bomb": [
    "too_large",
    () =>
      sending(async ([file]) => {
        const zip = new ZipFile();
        zip.addBuffer(Buffer.alloc(8 * 1024 * 1024), file?.name ?? "");
        zip.end();
        return await zipBytes(zip);
      }),
  ],
  "a zip bomb that lies about its size": [
    "broken_archive",
    () =>
      sending(async ([file]) => {
        const zip = new ZipFile();
        zip.addBuffer(Buffer.alloc(8 * 1024 * 1024), file?.name ?? "");
        zip.end();
        const bytes = await zipBytes(zip);
        const directoryAt = bytes.readUInt32LE(bytes.length - 6);
        bytes.writeUInt32LE(1_000, directoryAt + 24);
        return bytes;
      }),
  ],
};

for (const [what, [code, misbehave]] of Object.entries(MANGLED)) {
  t.test(`${what}: tried three times, then named, and the next archive is fetched`, async (t) => {
    const monitor = await startWithTwoDays(t);
    const { server } = monitor;
    const misbehaviour = misbehave(server.logs);
    server.always = (response, order) => {
      if (order[0]?.name === "today.log") misbehaviour(response, order);
      else sendZip(response, zipOf(order, server.logs));
    };
    const id = await monitor.queue();
    await monitor.work();
    t.match(await monitor.request(id), {
      status: "failed",
      failureCode: "archives_failed",
      failureDetail: code,
      receivedFiles: 1,
    });
    const archives = await monitor.archives(id);
    t.match(archives, [
      { status: "failed", attempts: 3, failureCode: code, path: null, finishedAt: monitor.clock() },
      { status: "done", attempts: 0, failureCode: null },
    ]);
    t.same(await monitor.stored(), [archives[1]?.path], "nothing else stays in the store");
    t.equal(server.orders.length, 4);
  });
}

t.test("the folder stays there for an archive that comes while the one before it is refused", async (t) => {
  const monitor = await startLogMonitor(t);
  const { server } = monitor;
  // Together they are more than an archive takes: two of one day.
  const content = Buffer.alloc(13 * 1024 * 1024);
  server.logs.set("later.log", { content, modifiedAt: "2026-11-24T09:00:00.000Z" });
  server.logs.set("earlier.log", { content, modifiedAt: "2026-11-24T08:00:00.000Z" });
  const id = await monitor.queue();
  const misbehave = MANGLED["a wrong checksum"]?.[1](server.logs);
  server.always = async (response, order) => {
    if (order[0]?.name === "later.log") {
      misbehave?.(response, order);
      return;
    }
    await waitFor(async () => (await monitor.archives(id))[0]?.attempts === 1);
    sendZip(response, zipOf(order, server.logs));
  };
  await monitor.work();
  t.match(await monitor.archives(id), [
    { status: "failed", failureCode: "broken_archive" },
    { status: "done", failureCode: null },
  ]);
});
