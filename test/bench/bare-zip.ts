/** The zip writer alone: zips the files that it is given to nowhere, and prints how long that takes, ms. */
import { createReadStream, createWriteStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { COMPRESSION_LEVEL } from "../../src/agent/logs/log-archive.ts";
import { printResult, readInput } from "./program.ts";

const startedAt = performance.now();
for (const path of readInput<string[]>()) {
  const zip = new ZipFile();
  zip.addReadStream(createReadStream(path), basename(path), { compressionLevel: COMPRESSION_LEVEL });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream("/dev/null"));
}
printResult(performance.now() - startedAt);
