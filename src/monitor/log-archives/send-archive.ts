import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { encodeExtended, format } from "content-disposition";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { StoredArchive } from "./store/find-archive.ts";
import { safeName } from "./store/paths.ts";

/** An archive with its open file, which the owner closes. */
export interface OpenArchive {
  archive: StoredArchive;
  file: FileHandle;
}

/** Streams an archive, or the range asked for; all of it if it has changed since (`If-Range`). */
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

/** Both ends are included; null = the whole file, also for several or invalid ranges. */
function readByteRange(header: string | undefined, bytes: number) {
  const [, first = "", last = ""] = ONE_RANGE.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return null;
  const range =
    first === ""
      ? { start: Math.max(bytes - Number(last), 0), end: bytes - 1 }
      : { start: Number(first), end: last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1) };
  if (last !== "" && first !== "" && Number(last) < Number(first)) return null;
  return range.start < bytes && range.start <= range.end ? range : "unsatisfiable";
}

type Named = Pick<StoredArchive, "organizationName" | "posServerName" | "day" | "number">;

/** `ООО «Вкусный дом» – Тверская, 12 – 2026-11-24.zip` */
function downloadName({ organizationName, posServerName, day, number }: Named): string {
  const date = number > 1 ? `${day} (${number})` : day;
  return `${[safeName(organizationName), safeName(posServerName), date].join(" – ")}.zip`;
}

/** Of all archives of a request. */
export function downloadNameOfAll(archives: readonly [Named, ...Named[]]): string {
  const days = archives.map(({ day }) => day).sort();
  return downloadName({ ...archives[0], day: [...new Set([days[0], days.at(-1)])].join("–"), number: 1 });
}

/**
 * Makes a browser save an answer under a name. Browsers read the encoded name, curl the plain one in raw UTF-8. Set it
 * before the length: after that Node.js encodes it as Latin-1 and breaks it.
 */
export function savedAs(name: string): string {
  const filename = Buffer.from(name).toString("latin1");
  return format({ type: "attachment", parameters: { filename, "filename*": encodeExtended(name) } });
}
