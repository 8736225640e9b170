import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** The earliest that a zip can name: what was built twice is equal. */
const MODIFIED = new Date(1980, 0, 1);

/** Packs files by name, in this order; equal files make equal bytes. */
export async function zipPackage(files: Record<string, Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(content, name, { mtime: MODIFIED, mode: 0o100644, forceDosTimestamp: true });
  }
  zip.end();
  return await buffer(zip.outputStream);
}
