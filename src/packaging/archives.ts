import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ZipFile } from "yazl";
import { TAR } from "./fetch-package.ts";
import { runTool } from "./run-tool.ts";

const compress = promisify(gzip);
/** The earliest time that a zip can hold: two builds are equal. */
const MODIFIED = new Date(1980, 0, 1);

/** Contents by their paths. */
export type Files = ReadonlyMap<string, Buffer>;

/** The files keep their order; equal files make equal bytes. */
export async function zip(files: Files): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of files)
    archive.addBuffer(content, name, { mtime: MODIFIED, mode: 0o100644, forceDosTimestamp: true });
  archive.end();
  return await buffer(archive.outputStream);
}

/** Equal files make equal bytes. @param programs paths of what can be run. @param work for what it makes meanwhile. @throws BuildError */
export async function tarGzip(files: Files, programs: readonly string[], work: string): Promise<Buffer> {
  const tree = join(work, "tree");
  for (const [name, content] of files) {
    const file = join(tree, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, programs.includes(name) ? 0o755 : 0o644);
  }
  const archive = join(work, "archive.tar");
  const reproducible = ["--sort=name", "--format=gnu", "--mtime=1980-01-01T00:00:00Z"];
  const owner = ["--owner=0", "--group=0", "--numeric-owner", "--mode=a+rX,go-w"];
  const args = ["-cf", archive, "-C", tree, ...reproducible, ...owner];
  const [top = "."] = [...files.keys()].map((name) => name.split("/", 1)[0] ?? name);
  await runTool(TAR, [...args, top]);
  return await compress(await readFile(archive));
}
