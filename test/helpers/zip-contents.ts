import { fromBufferPromise } from "yauzl";

/** The entries of a zip: name → content. */
export async function readZip(zip: Buffer): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  const zipFile = await fromBufferPromise(zip);
  for await (const entry of zipFile.eachEntry()) {
    const content = await zipFile.openReadStreamPromise(entry);
    contents[entry.fileName] = Buffer.concat(await content.toArray()).toString("utf8");
  }
  return contents;
}
