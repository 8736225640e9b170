/**
 * `npm run build:agent [-- --to FOLDER] [--certificate FILE.p12 --password-file FILE]`: builds the package of the agent for
 * Windows on Linux, into the folder that the monitor offers it from.
 */

import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { AGENT_PACKAGES_FOLDER, type AgentPackage, PACKAGE_FILES } from "../../protocol/agent-package.ts";
import { errorText } from "../../protocol/error-text.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";
import { buildHost } from "./build-host.ts";
import { bundleAgent } from "./bundle-agent.ts";
import { BuildError } from "./run-tool.ts";
import { type Certificate, sign } from "./sign.ts";
import { fetchWindowsNode } from "./windows-node.ts";
import { zipPackage } from "./zip-package.ts";

const USAGE = "npm run build:agent [-- --to FOLDER] [--certificate FILE.p12 --password-file FILE]";
const PROJECT = resolve(import.meta.dirname, "../../..");

interface Options {
  folder: string;
  certificate: Certificate | null;
}

async function main(): Promise<void> {
  const { folder, certificate } = readOptions(process.argv.slice(2));
  await makeFolder(folder);
  const { version } = JSON.parse(await readFile(join(PROJECT, "package.json"), "utf8")) as {
    version: string;
  };
  const work = await mkdtemp(join(tmpdir(), "poswatch-agent-"));
  try {
    const host = await buildHost(work, version);
    if (certificate) await sign(host, certificate);
    const { code, licenses } = await bundleAgent();
    const zip = await zipPackage({
      "poswatch-agent.exe": await readFile(host),
      "node.exe": await fetchWindowsNode(work),
      "agent.cjs": code,
      "version.txt": Buffer.from(`${version}\n`),
      "LICENSES.txt": Buffer.from(licenses),
    });
    const made: AgentPackage = {
      version,
      sha256: createHash("sha256").update(zip).digest("hex"),
      size: zip.length,
    };
    await writeFileAtomically(join(folder, PACKAGE_FILES.zip), zip, 0o644);
    await writeFileAtomically(join(folder, PACKAGE_FILES.facts), `${JSON.stringify(made, null, 2)}\n`, 0o644);
    process.stdout.write(
      `${join(folder, PACKAGE_FILES.zip)}\nversion ${version}, ${zip.length} bytes\nsha256 ${made.sha256}\n`,
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** There is no secret in it, and the monitor may run as somebody else. */
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
    };
  } catch (error) {
    throw new BuildError(`${errorText(error)}\n${USAGE}`);
  }
}

process.umask(0o077);

try {
  await main();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
