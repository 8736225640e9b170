/** The zip writer alone: zips the files that it is given to nowhere, and prints how long that takes, ms. */
import { createReadStream, createWriteStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { COMPRESSION_LEVEL } from "../../src/agent/logs/log-archive.ts";

const startedAt = performance.now();
for (const path of process.argv.slice(2)) {
  const zip = new ZipFile();
  zip.addReadStream(createReadStream(path), basename(path), { compressionLevel: COMPRESSION_LEVEL });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream("/dev/null"));
}
process.stdout.write(`${JSON.stringify({ ms: performance.now() - startedAt })}\n`);
