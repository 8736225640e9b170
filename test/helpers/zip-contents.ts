import { buffer } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import { fromBufferPromise } from "yauzl";
import { ZipFile } from "yazl";

/** A zip of these contents in their order, in which a name may stand twice. */
export function makeZip(...files: (readonly [name: string, content: string | Buffer])[]): ZipFile {
  const zip = new ZipFile();
  for (const [name, content] of files) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return zip;
}

export const bytesOf = ({ outputStream }: ZipFile): Promise<Buffer> => buffer(outputStream);

export type ArchivedFile = { content: Buffer; modifiedAt: Date };

/** Reads a zip in the order of its entries. @throws when it is damaged, checksums included, or names a file twice. */
export async function readArchive(zip: Buffer): Promise<Map<string, ArchivedFile>> {
  const archive = await fromBufferPromise(zip, { lazyEntries: true });
  const files = new Map<string, ArchivedFile>();
  for await (const entry of archive.eachEntry()) {
    const content = await buffer(await archive.openReadStreamPromise(entry));
    if (crc32(content) !== entry.crc32) throw new Error(`wrong checksum of ${entry.fileName}`);
    if (files.has(entry.fileName)) throw new Error(`${entry.fileName} is there twice`);
    files.set(entry.fileName, { content, modifiedAt: entry.getLastModDate() });
  }
  return files;
}

export async function readZip(zip: Buffer): Promise<Record<string, string>> {
  const files = await readArchive(zip);
  return Object.fromEntries([...files].map(([name, { content }]) => [name, content.toString()]));
}
