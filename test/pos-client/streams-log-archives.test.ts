import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import t, { type Test } from "tap";
import yauzl from "yauzl";
import { PosClientClosedError } from "../../src/monitor/pos-client/calls/call-error.ts";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import type { PosClient } from "../../src/monitor/pos-client/client.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import {
  commandClient,
  failureOfCall,
  failureOfStream,
  PATIENT_COMMAND_LIMITS,
} from "../helpers/commands.ts";
import { httpAnswer, jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { exampleReport, posServerAt, TOKEN } from "../helpers/pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { bytesOf, makeZip } from "../helpers/zip-contents.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n";
const FILES = [{ name: "обмен.log", tailBytes: 10 }, { name: "api.log" }];
const STALL_MS = 1_000;
const STALLING_BYTES = 4_096;
const commandLimits = { logArchive: { ...PATIENT_COMMAND_LIMITS.logArchive, stallTimeoutMs: STALL_MS } };
const never = new AbortController().signal;

async function open(client: PosClient, posServer: PosServer, signal: AbortSignal = never): Promise<Readable> {
  const outcome = await client.openLogArchive(posServer, FILES, signal);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

/** A POS server that begins an archive and never ends it; polls are answered. */
async function listenHanging(t: Test): Promise<{ posServer: PosServer; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const { address, received } = await listenRaw(t, (socket) => {
    if (received.at(-1)?.startsWith("GET")) socket.write(jsonAnswer(exampleReport()));
    else {
      sockets.push(socket);
      socket.write(`${HEAD}Content-Length: 1000000\r\n\r\nPK`);
    }
  });
  return { posServer: posServerAt(address), sockets };
}

t.test("gives the zip as it comes, over HTTPS with the pinned certificate", async (t) => {
  const zip = await bytesOf(makeZip(["обмен.log", "2026-11-24 обмен прошёл\n".repeat(10_000)]));
  const certificate = await makeCertificate();
  const half = Math.floor(zip.length / 2);
  const sendHalves = (socket: Socket) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    for (const part of [zip.subarray(0, half), zip.subarray(half)]) {
      socket.write(`${part.length.toString(16)}\r\n`);
      socket.write(part);
      socket.write("\r\n");
    }
    socket.write("0\r\n\r\n");
  };
  const { address, received } = await listenRaw(t, sendHalves, certificate);
  const { fingerprint } = certificate;
  const bytes = await buffer(await open(commandClient(t), posServerAt(address, { fingerprint })));
  t.ok(bytes.equals(zip));
  t.equal((await yauzl.fromBufferPromise(bytes)).entryCount, 1);
  const [head, body] = received[0]?.split("\r\n\r\n") ?? [];
  t.match(head, /^POST \/v1\/log-archives HTTP/);
  t.match(head, `authorization: Bearer ${TOKEN}`);
  t.same(JSON.parse(Buffer.from(body ?? "", "latin1").toString()), { files: FILES });
});

t.test("what is no zip is refused, no answer is response_timeout", async (t) => {
  const { address } = await listenRaw(t, (socket) => socket.end(jsonAnswer({})));
  const outcome = await commandClient(t).openLogArchive(posServerAt(address), FILES, never);
  t.match(failureOfCall(t, outcome), { code: "invalid_json", detail: "no application/zip" });
  const hanging = await listenRaw(t, () => undefined);
  const logArchive = { ...PATIENT_COMMAND_LIMITS.logArchive, openTimeoutMs: 500 };
  const client = commandClient(t, { commandLimits: { logArchive } });
  const none = await client.openLogArchive(posServerAt(hanging.address), FILES, never);
  t.equal(failureOfCall(t, none).code, "response_timeout");
});

for (const [name, framing] of [
  ["with a length", "Content-Length: 400000"],
  ["in chunks", "Transfer-Encoding: chunked"],
]) {
  t.test(`a zip ${name} that breaks off is an error of the stream`, async (t) => {
    const part = `${HEAD}${framing}\r\n\r\n1000\r\n${"x".repeat(0x1000)}\r\n`;
    const { address } = await listenRaw(t, (socket) => socket.end(part));
    const failure = await failureOfStream(await open(commandClient(t), posServerAt(address)));
    t.match(failure, { code: "invalid_json", detail: /^answer broke off/, isAnswerLost: true });
  });
}

t.test("a stream that stalls, or of which a byte comes now and then, is response_timeout", async (t) => {
  const hanging = await listenHanging(t);
  const trickling = await listenRaw(t, (socket) => {
    socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n`);
    const timer = setInterval(() => socket.write("x"), 20);
    socket.on("close", () => clearInterval(timer));
  });
  const client = commandClient(t, { commandLimits });
  const detail = "no more of the answer within 1000 ms";
  for (const posServer of [hanging.posServer, posServerAt(trickling.address)]) {
    const failure = await failureOfStream(await open(client, posServer));
    t.match(failure, { code: "response_timeout", detail, isAnswerLost: true });
  }
  await waitFor(() => hanging.sockets[0]?.destroyed === true);
});

t.test("aborting ends a stream with the signal's reason, also one that has come whole", async (t) => {
  const { posServer, sockets } = await listenHanging(t);
  const zip = httpAnswer("200 OK", "PK", ["Content-Type: application/zip"]);
  const { address } = await listenRaw(t, (socket) => socket.end(zip));
  const client = commandClient(t);
  const ending = new AbortController();
  const stream = await open(client, posServer, ending.signal);
  const unread = await open(client, posServerAt(address), ending.signal);
  await waitFor(() => unread.readableLength === 2);
  const reason = new Error("cancelled");
  const rejection = t.rejects(buffer(stream), reason);
  ending.abort(reason);
  await rejection;
  await t.rejects(buffer(unread), reason);
  await waitFor(() => sockets[0]?.destroyed === true);
});

t.test("aborting before an answer rejects with the signal's reason, connected or not", async (t) => {
  const sockets: Socket[] = [];
  const { address } = await listenRaw(t, (socket) => void sockets.push(socket));
  const client = commandClient(t, { lookupName: () => new Promise(() => {}) });
  const ending = new AbortController();
  const reason = new Error("cancelled");
  const rejections = Promise.all(
    [address, "http://pos.example"].map((each) =>
      t.rejects(client.openLogArchive(posServerAt(each), FILES, ending.signal), reason),
    ),
  );
  await waitFor(() => sockets.length === 1);
  ending.abort(reason);
  await rejections;
  await waitFor(() => sockets[0]?.destroyed === true);
  await t.rejects(client.openLogArchive(posServerAt(address), FILES, ending.signal), reason);
  t.equal(sockets.length, 1);
});

t.test("closing the client ends streams, as does whoever wants no more of one", async (t) => {
  const { posServer, sockets } = await listenHanging(t);
  const client = commandClient(t);
  (await open(client, posServer)).destroy();
  await waitFor(() => sockets[0]?.destroyed === true);
  const rejection = t.rejects(buffer(await open(client, posServer)), PosClientClosedError);
  await client.close();
  await rejection;
  await waitFor(() => sockets[1]?.destroyed === true);
  await t.rejects(client.openLogArchive(posServer, FILES, never), PosClientClosedError);
});

t.test("a slow reader slows the sender down, which is no stall", async (t) => {
  const totalBytes = 64 * 1024 * 1024;
  const piece = Buffer.alloc(256 * 1024);
  let sender: Socket | undefined;
  let leftBytes = totalBytes;
  const { address } = await listenRaw(t, (socket) => {
    sender = socket;
    const write = () => {
      while (leftBytes > 0) {
        leftBytes -= piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on("drain", write);
    socket.write(`${HEAD}Content-Length: ${totalBytes}\r\n\r\n`);
    write();
  });
  const stream = await open(commandClient(t, { commandLimits }), posServerAt(address));

  let unchangedSince = performance.now();
  let leftThen = leftBytes;
  await waitFor(() => {
    if (leftBytes !== leftThen) unchangedSince = performance.now();
    leftThen = leftBytes;
    return performance.now() - unchangedSince > 1.5 * STALL_MS;
  });
  t.ok(totalBytes - leftBytes < 32 * 1024 * 1024, "what is sent is what fits the buffers of the system");
  t.ok(stream.readableLength < 1024 * 1024);
  t.equal(sender?.destroyed, false, "it has waited for longer than a stall may last");

  let receivedBytes = 0;
  for await (const chunk of stream) receivedBytes += chunk.length;
  t.equal(receivedBytes, totalBytes);
});

t.test("time in which the monitor itself stands still is no stall of the POS server", async (t) => {
  const client = commandClient(t, { commandLimits });
  const { posServer, sockets } = await listenHanging(t);
  const stream = await open(client, posServer);
  const standing = new Promise<void>((resolve) => {
    sockets[0]?.write(Buffer.alloc(STALLING_BYTES, 1), () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS * 2);
      resolve();
    });
  });
  const received: number[] = [];
  stream.on("data", (chunk: Buffer) => received.push(chunk.length));
  await standing;
  await waitFor(() => received.reduce((sum, bytes) => sum + bytes, 0) >= STALLING_BYTES);
  t.equal(stream.errored, null);
  stream.destroy();
});
