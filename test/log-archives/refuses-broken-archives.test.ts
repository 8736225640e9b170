import t from "tap";
import type { WantedLog } from "../../src/protocol/logs.ts";
import { startLogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";
import { type LogServer, type Misbehaviour, type ServedLog, sendZip, zipOf } from "../helpers/log-server.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { bytesOf, makeZip } from "../helpers/zip-contents.ts";

const LARGE = Buffer.alloc(2 * 1024 * 1024);

/** What comes instead of the zip that was asked for. */
type Made = (order: WantedLog[], logs: Map<string, ServedLog>) => Buffer | Promise<Buffer>;

/** A zip of what was asked for, in which something is changed. */
const changed =
  (change: (bytes: Buffer, directoryAt: number) => void, content?: Buffer): Made =>
  async (order, logs) => {
    const zip = content ? makeZip([order[0]?.name ?? "", content]) : zipOf(order, logs);
    const bytes = await bytesOf(zip);
    change(bytes, bytes.readUInt32LE(bytes.length - 6));
    return bytes;
  };

const wrongChecksum = changed((bytes, at) =>
  bytes.writeUInt32LE((bytes.readUInt32LE(at + 16) ^ 1) >>> 0, at + 16),
);

const MANGLED: Record<string, [code: string, make: Made]> = {
  "no zip at all": ["broken_archive", () => Buffer.from("<html>500</html>")],
  "an empty body": ["broken_archive", () => Buffer.alloc(0)],
  "a zip without its end": [
    "broken_archive",
    async (order, logs) => (await bytesOf(zipOf(order, logs))).subarray(0, -30),
  ],
  "a wrong checksum": ["broken_archive", wrongChecksum],
  "damaged content": ["broken_archive", changed((bytes) => bytes.fill(0xff, 45, 60))],
  "a file that nobody asked for": ["broken_archive", () => bytesOf(makeZip(["evil.exe", "x"]))],
  "a name that leads out": [
    "broken_archive",
    async () => {
      const bytes = (await bytesOf(makeZip(["xx/evil.log", "x"]))).toString("latin1");
      return Buffer.from(bytes.replaceAll("xx/evil.log", "../evil.log"), "latin1");
    },
  ],
  "one file twice": [
    "broken_archive",
    ([{ name } = { name: "" }]) => bytesOf(makeZip([name, "x"], [name, "y"])),
  ],
  "more bytes than planned": ["too_large", () => Buffer.alloc(2 * 1024 * 1024, 1)],
  "a zip bomb": ["too_large", changed(() => {}, LARGE)],
  "a zip bomb that lies about its size": [
    "broken_archive",
    changed((bytes, at) => bytes.writeUInt32LE(1_000, at + 24), LARGE),
  ],
};

/** Answers with what is made of the order. */
const sending =
  (make: Made, { logs }: LogServer): Misbehaviour =>
  async (response, order) => {
    const bytes = await make(order, logs);
    response.setHeader("content-type", "application/zip").end(bytes);
  };

t.test("a broken archive is tried three times, then named, and the next one is fetched", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { server } = monitor;
  const whole: (string | null)[] = [];
  for (const [what, [code, make]] of Object.entries(MANGLED)) {
    const misbehaviour = sending(make, server);
    server.orders = [];
    server.always = (response, order) => {
      if (order[0]?.name === "today.log") misbehaviour(response, order);
      else sendZip(response, zipOf(order, server.logs));
    };
    const id = await monitor.fetch();
    const failure = { failureCode: "archives_failed", failureDetail: code };
    t.match(await monitor.request(id), { status: "failed", ...failure, receivedFiles: 1 }, what);
    const archives = await monitor.archives(id);
    t.match(archives, [
      { status: "failed", attempts: 3, failureCode: code, path: null, finishedAt: monitor.clock() },
      { status: "done", attempts: 0, failureCode: null },
    ]);
    whole.push(archives[1]?.path ?? null);
    t.same(await monitor.stored(), whole.toSorted(), "nothing else stays in the store");
    t.equal(server.orders.length, 4);
  }
});

t.test("the folder stays there for an archive that comes while the one before it is refused", async (t) => {
  const monitor = await startLogMonitor(t, { timing: { retryPausesMs: [] } });
  const { server } = monitor;
  // Together they are more than an archive takes: two of one day.
  const content = Buffer.alloc(13 * 1024 * 1024);
  monitor.put("later.log", content);
  monitor.put("earlier.log", content, "2026-11-24T08:00:00.000Z");
  const id = await monitor.queue();
  const misbehave = sending(wrongChecksum, server);
  server.always = async (response, order) => {
    if (order[0]?.name === "later.log") {
      misbehave(response, order);
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
