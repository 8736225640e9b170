/** Builds the agent's package for Windows, and its update, on Linux, into the folder that the monitor offers them from. */

import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { ZipFile } from "yazl";
import { AGENT_PACKAGES_FOLDER, type AgentPackage, PACKAGE_FILES } from "../../protocol/agent-package.ts";
import { UPDATE_FILES, updateKeyId } from "../../protocol/agent-update.ts";
import { errorText } from "../../protocol/error-text.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";
import { buildHost, type Certificate, sign } from "./build-host.ts";
import { bundleAgent, projectVersion } from "./bundle-agent.ts";
import { BuildError } from "./run-tool.ts";
import { readSigningKey, removeUpdate, signUpdate, writeUpdate } from "./update-files.ts";
import { fetchWindowsNode } from "./windows-node.ts";

const USAGE =
  "npm run build:agent [-- --to FOLDER] [--signing-key FILE] [--certificate FILE.p12 --password-file FILE]";
/** The earliest time that a zip can hold, so that two builds are equal. */
const MODIFIED = new Date(1980, 0, 1);

interface Options {
  folder: string;
  certificate: Certificate | null;
  /** null = the agent takes no updates. */
  signingKeyFile: string | null;
}

async function main(): Promise<void> {
  const { folder, certificate, signingKeyFile } = readOptions(process.argv.slice(2));
  const signingKey = signingKeyFile === null ? null : await readSigningKey(signingKeyFile);
  await makeFolder(folder);
  const work = await mkdtemp(join(tmpdir(), "poswatch-agent-"));
  try {
    await build(work, folder, certificate, signingKey);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function build(
  work: string,
  folder: string,
  certificate: Certificate | null,
  signingKey: KeyObject | null,
): Promise<void> {
  const version = projectVersion();
  const host = await buildHost(work, version);
  if (certificate) await sign(host, certificate);
  const updateKey = signingKey && createPublicKey(signingKey);
  const { code, licenses } = await bundleAgent({ updateKey });
  const update = signingKey && signUpdate(code, version, signingKey);
  const zip = await zipPackage({
    "poswatch-agent.exe": await readFile(host),
    "node.exe": await fetchWindowsNode(work),
    "agent.cjs": code,
    "version.txt": Buffer.from(`${version}\n`),
    "LICENSES.txt": Buffer.from(licenses),
  });
  const sha256 = createHash("sha256").update(zip).digest("hex");
  const made: AgentPackage = { version, sha256, size: zip.length };
  await writeFileAtomically(join(folder, PACKAGE_FILES.zip), zip, 0o644);
  await writeFileAtomically(join(folder, PACKAGE_FILES.facts), `${JSON.stringify(made, null, 2)}\n`, 0o644);
  print(join(folder, PACKAGE_FILES.zip), `version ${version}, ${zip.length} bytes`, `sha256 ${sha256}`);
  if (update && updateKey) {
    await writeUpdate(folder, update);
    print(
      join(folder, UPDATE_FILES.code),
      `${update.compressed.length} bytes`,
      `key ${updateKeyId(updateKey)}`,
    );
    return;
  }
  await removeUpdate(folder);
  print("no update: without --signing-key the agent in this package takes none");
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Readable by all, since the monitor may run under another account; nothing in it is secret. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
    await chmod(folder, 0o755);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw new BuildError(
      `${errorText(error)}\nName a folder in one that is there, such as the data folder of the monitor.`,
    );
  }
}

function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        to: { type: "string" },
        "signing-key": { type: "string" },
        certificate: { type: "string" },
        "password-file": { type: "string" },
      },
    });
    const { certificate, "password-file": passwordFile } = values;
    if ((certificate === undefined) !== (passwordFile === undefined))
      throw new Error("--certificate and --password-file go together");
    return {
      folder: resolve(values.to ?? join(process.env.DATA_DIR || "data", AGENT_PACKAGES_FOLDER)),
      certificate: certificate && passwordFile ? { file: certificate, passwordFile } : null,
      signingKeyFile: values["signing-key"] ?? null,
    };
  } catch (error) {
    throw new BuildError(`${errorText(error)}\n${USAGE}`);
  }
}

/** The files keep this order; equal files make equal bytes. */
async function zipPackage(files: Record<string, Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(content, name, { mtime: MODIFIED, mode: 0o100644, forceDosTimestamp: true });
  }
  zip.end();
  return await buffer(zip.outputStream);
}

process.umask(0o077);

try {
  await main();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
