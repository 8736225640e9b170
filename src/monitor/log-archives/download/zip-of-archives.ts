import { PassThrough, type Readable } from "node:stream";
import { ZipFile } from "yazl";
import { archiveName } from "../store/archive-name.ts";
import { closeArchives, type OpenArchive } from "./stored-file.ts";

/** One zip that holds archives as they are, and how large it will be. */
export interface ZipOfArchives {
  stream: Readable;
  bytes: number;
}

/** Begins to stream a zip of archives, one after another; their files are closed whatever becomes of it. */
export function zipOfArchives(opened: readonly OpenArchive[]): ZipOfArchives {
  const zip = new ZipFile();
  const stream = new PassThrough();
  let reading: Readable | null = null;
  let bytes = 0;

  for (const { archive, file } of opened) {
    const options = { compress: false, size: archive.zipBytes, mtime: new Date(archive.finishedAt) };
    zip.addReadStreamLazy(archiveName(archive), options, (give) => {
      reading = file.createReadStream({ autoClose: false });
      give(null, reading);
    });
  }
  zip.on("error", (error) => stream.destroy(error));
  stream.once("close", () => {
    reading?.destroy();
    void closeArchives(opened);
  });
  zip.outputStream.pipe(stream);
  zip.end(undefined, (size?: number) => {
    bytes = size ?? 0;
  });
  return { stream, bytes };
}
