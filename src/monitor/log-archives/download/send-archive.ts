import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { downloadName, savedAs } from "./file-name.ts";
import type { OpenArchive } from "./stored-file.ts";

/**
 * Streams an archive, or the part of it that is asked for. A part of another content than the browser began with
 * (`If-Range`) is answered with all of it.
 */
export async function sendArchive(
  request: FastifyRequest,
  reply: FastifyReply,
  { archive, file }: OpenArchive,
): Promise<FastifyReply> {
  const { zipBytes, sha256 } = archive;
  const etag = `"${sha256}"`;
  const ifRange = request.headers["if-range"];
  const isSame = ifRange === undefined || ifRange === etag;
  const range = isSame ? readByteRange(request.headers.range, zipBytes) : null;
  reply.headers({ "accept-ranges": "bytes", "cache-control": "private, no-store", etag });
  if (range === "unsatisfiable") {
    await file.close();
    return reply.code(416).header("content-range", `bytes */${zipBytes}`).send();
  }

  const { start, end } = range ?? { start: 0, end: zipBytes - 1 };
  if (range) reply.code(206).header("content-range", `bytes ${start}-${end}/${zipBytes}`);
  return reply
    .headers({ "content-disposition": savedAs(downloadName(archive)), "content-type": "application/zip" })
    .header("content-length", end - start + 1)
    .send(request.method === "HEAD" ? await nothingOf(file) : file.createReadStream({ start, end }));
}

/** For HEAD, which would read a stream to its end. */
async function nothingOf(file: FileHandle): Promise<Readable> {
  await file.close();
  return Readable.from([]);
}

const ONE_RANGE = /^bytes=(\d*)-(\d*)$/;

/** Bytes of a file, the last one included. */
interface ByteRange {
  start: number;
  end: number;
}

/**
 * Reads which part of a file is asked for. Several ranges, and what is no range, are answered with the whole file.
 * @returns null = all of it.
 */
function readByteRange(header: string | undefined, bytes: number): ByteRange | "unsatisfiable" | null {
  const [, first = "", last = ""] = ONE_RANGE.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return null;
  const range =
    first === ""
      ? { start: Math.max(bytes - Number(last), 0), end: bytes - 1 }
      : { start: Number(first), end: last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1) };
  if (last !== "" && first !== "" && Number(last) < Number(first)) return null;
  return range.start < bytes && range.start <= range.end ? range : "unsatisfiable";
}
