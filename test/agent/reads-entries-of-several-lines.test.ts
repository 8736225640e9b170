import t from "tap";
import type { ExchangeEventKind } from "../../src/agent/config/log-patterns.ts";
import { lastOf } from "../../src/agent/sync-log/log-entry.ts";
import { makeLogFolder, minutesAgo, readAnew, stamp } from "../helpers/log-folder.ts";

t.test("a message that begins on the next line is read with its header", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(`${stamp(minutesAgo(9))}  INFO [Event Loop 1] - \nExchange finished in 00:00:02\n`);
  const log = await folder.follow();
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9), error: null });
  await folder.write(`${stamp(minutesAgo(8))} ERROR [50] [SyncJob:Execute:59] - \r\nExchange timed out\r\n`);
  t.match(await log.read(), { error: { at: minutesAgo(8), message: "Exchange timed out" } });
});

t.test("a line about a guest below a message is none of it; those in one are masked", async (t) => {
  const guest = "гость: phone=+7 916 123-45-67, Иванов";
  const said = ["Exchange failed [HTTP 500]", "Exchange failed:", "Exchange failed —", "[Обмен не удался]"];
  for (const message of [...said, `${"Exchange failed ".repeat(40)}-`])
    for (const header of ["ERROR [50] [SyncJob:Execute:59] - ", "ERROR [12] — ", " INFO [ 1] - "]) {
      const folder = makeLogFolder(t);
      await folder.write(`${stamp(minutesAgo(8))} ${header}${message}\n${guest}\n`);
      const { error } = await readAnew(folder);
      t.match(error, { at: minutesAgo(8), message: /failed|не удался/ }, message);
      t.notMatch(error?.message, /гость|Иванов|123-45/, message);
    }
  const untimed = makeLogFolder(t);
  await untimed.write(`Exchange failed:\n${guest}\n`);
  t.match(await readAnew(untimed), { error: { message: "Exchange failed:" } });
  const named = makeLogFolder(t);
  const cut = `${"x".repeat(1983)} +7 916 123-45-67`;
  await named.write(`${stamp(minutesAgo(8))} ERROR [ 1] - Exchange failed: ${cut}\n`);
  const { error } = await readAnew(named);
  t.match(error?.message, /x \+7 916 •••-••/);
  t.notMatch(error?.message, /123/);
  const secret = makeLogFolder(t);
  await secret.write(`${stamp(minutesAgo(8))} ERROR [ 1] - Exchange failed: Server=db;Password=Qwerty12;\n`);
  t.match(await readAnew(secret), { error: { message: "Server=db;Password=•••;" } });
});

t.test("a header is read again when what continues it was not written yet", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(`${stamp(minutesAgo(8))} ERROR [50] [SyncJob:Execute:59] - \n`);
  const log = await folder.follow();
  t.match(await log.read(), { error: null });
  await folder.write("Exchange timed out\n");
  t.match(await log.read(), { error: { at: minutesAgo(8), message: "Exchange timed out" } });
  await folder.write(`${stamp(minutesAgo(7))}  INFO [50] [SyncJob:Execute:60] - Exchange finished\n`);
  t.match(await log.read(), { lastSuccessAt: minutesAgo(7), error: null });
});

const STACK = [
  "System.Net.WebException: The remote name could not be resolved: 'main.example'",
  "   at System.Net.HttpWebRequest.GetResponse()",
  "   at iikoCard5.Pos.Exchange.SyncJob.HandleError(Exception error)",
  "--- End of stack trace ---",
].join("\n");

t.test("an exception below says why, and its stack says nothing", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(`${stamp(minutesAgo(9))} ERROR [ 1] - Error while exchanging with server\n${STACK}\n`);
  const log = await folder.follow();
  const message = `Error while exchanging with server: ${STACK.split("\n")[0]}`;
  t.same((await log.read()).error, { at: minutesAgo(9), message });
  await folder.write(`${stamp(minutesAgo(7))}  INFO [ 1] - Exchange finished\n`);
  await folder.write(`${stamp(minutesAgo(6))} ERROR [ 7] - Printer is out of paper\n${STACK}\n`);
  t.match(await log.read(), { lastSuccessAt: minutesAgo(7), error: null });
});

t.test("what follows a failure at the edge of a block is still read with it", async (t) => {
  const entry = `${stamp(minutesAgo(5))} ERROR [ 1] - Error while exchanging with server\n`;
  const filler = `${stamp(minutesAgo(4))}  INFO [ 2] - Касса 2: гость найден\n`;
  for (const offset of [-200, -80, -1, 0, 1, 80]) {
    const folder = makeLogFolder(t);
    const tail = `${STACK}\n${filler.repeat(2000)}`;
    const padding = 64 * 1024 - (Buffer.byteLength(tail) % (64 * 1024)) + offset;
    await folder.write(`${entry}${tail}${filler.slice(0, -1)}${"x".repeat(padding)}\n`);
    const { error } = await readAnew(folder);
    t.match(error, { at: minutesAgo(5), message: /WebException: The remote name/ }, `${offset}`);
  }
});

t.test("a header at the edge of a block is read although its words are in the block after", async (t) => {
  const header = `${stamp(minutesAgo(5))} ERROR [50] [Timer:Execute:59] - \n`;
  const filler = `${stamp(minutesAgo(4))}  INFO [ 2] - Касса 2: гость найден\n`;
  for (const offset of [-60, -1, 0, 1, 60]) {
    const folder = makeLogFolder(t);
    const message = "\r\n\nExchange session: closed by the server\n";
    const tail = `${message}${filler.repeat(500)}${filler.slice(0, -1)}`;
    const padding = 64 * 1024 - (Buffer.byteLength(tail) % (64 * 1024)) - 1 + offset;
    await folder.write(`${filler.repeat(2000)}${header}${tail}${"x".repeat(padding)}\n`);
    const { error } = await readAnew(folder);
    t.match(error, { at: minutesAgo(5), message: "Exchange session: closed by the server" }, `${offset}`);
  }
});

t.test("an entry says what the last of its lines says, also one without a time", async (t) => {
  const folder = makeLogFolder(t);
  const below = "Exchange failed: 2 documents lost\n";
  await folder.write(`${stamp(minutesAgo(9))}  INFO [ 1] - Exchange finished\n${below}`);
  const error = { at: minutesAgo(9), message: /documents lost/ };
  t.match(await readAnew(folder), { lastSuccessAt: null, error });
  const other = makeLogFolder(t);
  await other.write(`${stamp(minutesAgo(9))}  INFO [ 1] - Report\n${below}Sync OK\n`);
  t.match(await readAnew(other), { lastSuccessAt: minutesAgo(9), error: null });
  const untimed = makeLogFolder(t);
  await untimed.write("Exchange failed: no connection\nNothing else\n");
  t.match(await readAnew(untimed), { error: { at: null, message: "no connection" } });
  await untimed.write(`${stamp(minutesAgo(9))}  INFO [ 1] - Exchange finished\n`);
  t.match(await readAnew(untimed), { lastSuccessAt: minutesAgo(9), error: null });
});

t.test("attempts before the last outcome do not stand, wherever an entry is judged", async (t) => {
  const kindOf = (line: { kind: ExchangeEventKind }) => line.kind;
  const of = (header: ExchangeEventKind | null, ...below: ExchangeEventKind[]) => {
    const lines = below.map((kind) => ({ kind }));
    return lastOf(header && { kind: header }, lines, kindOf)?.kind;
  };
  t.equal(of("succeeded", "attempted", "failed"), "failed");
  t.equal(of("failed", "succeeded"), "succeeded");
  t.equal(of("attempted", "succeeded"), "succeeded");
  t.equal(of(null, "succeeded", "failed"), "succeeded");
  t.equal(of("attempted", "attempted"), "attempted");
  t.equal(of(null), undefined);
});

t.test("what is added to an entry that was read before is judged with it", async (t) => {
  const folder = makeLogFolder(t);
  const log = await folder.follow();
  await folder.write(`${stamp(minutesAgo(9))}  INFO [ 1] - Exchange finished\n`);
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9), error: null });
  await folder.write("Exchange failed: 2 documents lost\n");
  t.match(await log.read(), { error: { at: minutesAgo(9), message: "2 documents lost" } });
  await folder.write("Exchange finished\n");
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9), error: null });
  await folder.write("x".repeat(100_000).replace(/.{80}/g, "$&\n"));
  await folder.write("\nExchange failed: again\n");
  t.match(await log.read(), { error: { at: null, message: "again" } }, "too far below for a time");
});

t.test("a line that may still grow takes nothing from the whole lines of its entry", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(`${stamp(minutesAgo(9))}  INFO [ 1] - Exchange finished\nExchange failed`);
  await folder.age("pos.log", 1);
  const log = await folder.follow();
  t.match(await log.read(), { error: { at: minutesAgo(9), message: "Exchange failed" } });
  await folder.write(": 0\n");
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9), error: null });
});

t.test("several processes that write into one file make no success of each other's lines", async (t) => {
  const folder = makeLogFolder(t);
  const lines = [
    `${stamp(minutesAgo(9))}  INFO [ 1] - Exchange started`,
    `${stamp(minutesAgo(8))} ERROR [ 1] [Exchange:Run:12] - `,
    `${stamp(minutesAgo(8))}  INFO [Front 3] - Time synchronization completed`,
    "The remote host closed the connection",
    `${stamp(minutesAgo(7))}  INFO [Front 3] - Waiting for exchange to complete`,
    `${stamp(minutesAgo(6))}  INFO [Front 3] - Exchange with till 2 finished`,
  ];
  await folder.write(`${lines.join("\n")}\n`);
  const read = { lastAttemptAt: minutesAgo(9), lastSuccessAt: null, error: null };
  t.same(await readAnew(folder), read);
});
