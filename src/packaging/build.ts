/** Builds what is handed out, on Linux: the monitor for each system with the agent's package inside, or that package alone. */

import { createHash, createPublicKey, type KeyObject, sign as signBytes } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { AGENT_PACKAGES_FOLDER, UPDATE_FILES, updateKeyId } from "../protocol/agent-update.ts";
import { errorText } from "../protocol/error-text.ts";
import { writeFileAtomically } from "../protocol/files.ts";
import { type Files, tarGzip, zip } from "./archives.ts";
import { buildHost, COMPILER, RESOURCE_COMPILER, sign } from "./build-host.ts";
import { makeAgentPackage } from "./bundle-agent.ts";
import { bundleMonitor } from "./bundle-monitor.ts";
import { fetchWindowsNode, NPM, TAR } from "./fetch-package.ts";
import { linuxParts, monitorProgram, windowsParts } from "./monitor-program.ts";
import { NODE, PROJECT, projectVersion } from "./project.ts";
import { BuildError, requireTools, runTool } from "./run-tool.ts";
import { readSigningKey } from "./update-files.ts";

const USAGE = `npm run build -- --to FOLDER         Poswatch for each system, with the agent's package inside
npm run build:agent [-- --to FOLDER] the agent's package alone, by default where a monitor of this folder offers it

  --signing-key FILE      the agent takes updates signed by this key
  --sign-command COMMAND  signs the native program for Windows: a command of your own, which gets the file`;

/** They build scripts and style sheets, which archives bring built. */
const NOT_HANDED_OUT = /^@?esbuild[/@]/;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const tools = [COMPILER, RESOURCE_COMPILER, NPM, TAR];
  const signingKey = options.signingKeyFile === null ? null : await readSigningKey(options.signingKeyFile);
  await requireTools(tools, options.isAgentOnly ? [] : [requireOwnNode()]);
  await makeFolder(options.folder);
  const work = await mkdtemp(join(tmpdir(), "poswatch-build-"));
  try {
    await build(work, options, signingKey);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function build(
  work: string,
  { folder, isAgentOnly, signCommand }: ReturnType<typeof readOptions>,
  signingKey: KeyObject | null,
): Promise<void> {
  const program = await buildHost(work, projectVersion());
  if (signCommand) await sign(program, signCommand);
  const [host, windowsNode] = [await readFile(program), await fetchWindowsNode(work)];
  const agentPackage = await makeAgentPackage({ host, windowsNode, signingKey });
  if (isAgentOnly) await writeAgentPackage(folder, agentPackage);
  else {
    const bundle = await bundleMonitor();
    const linux = monitorProgram(bundle, linuxParts(), agentPackage);
    const windows = monitorProgram(bundle, await windowsParts(work, host, windowsNode), agentPackage);
    const files = new Map([
      [`${linux.folder}.tar.gz`, await tarGzip(linux.files, linux.programs, work)],
      [`${windows.folder}.zip`, await zip(windows.files)],
      await makeSbom(),
    ]);
    for (const [name, content] of [...files, ...makeChecksums(files, signingKey)])
      await write(folder, name, content);
  }
  print(
    signCommand
      ? "The native program is signed"
      : "The native program is not signed: Windows asks whether to run it, and some virus scanners hold it",
  );
  if (signingKey)
    print(`The agent takes updates signed by the key ${updateKeyId(createPublicKey(signingKey))}`);
  else print("The agent takes no updates: it was built without --signing-key");
}

/** The archive for Linux gets the Node that runs here. */
async function requireOwnNode(): Promise<void> {
  const system = `${process.platform}-${process.arch}`;
  if (system !== "linux-x64") throw new BuildError(`The archives are built on linux-x64: this is ${system}.`);
  await access(NODE).catch(() => {
    throw new BuildError(`${NODE} is not there: npm ci installs it`);
  });
}

async function writeAgentPackage(folder: string, files: Files): Promise<void> {
  for (const [name, content] of files) await write(folder, name, content);
  for (const name of Object.values(UPDATE_FILES))
    if (!files.has(name)) await rm(join(folder, name), { force: true });
}

async function write(folder: string, name: string, content: Buffer): Promise<void> {
  const file = join(folder, name);
  await writeFileAtomically(file, content, 0o644);
  print(`${file} (${content.length} bytes)`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
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

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        to: { type: "string" },
        "agent-only": { type: "boolean", default: false },
        "signing-key": { type: "string" },
        "sign-command": { type: "string" },
      },
    });
    const { to, "agent-only": isAgentOnly } = values;
    if (to === undefined && !isAgentOnly) throw new Error("--to FOLDER says where the archives go");
    return {
      folder: resolve(to ?? join(process.env.DATA_DIR || "data", AGENT_PACKAGES_FOLDER)),
      isAgentOnly,
      signCommand: values["sign-command"] ?? null,
      signingKeyFile: values["signing-key"] ?? null,
    };
  } catch (error) {
    throw new BuildError(`${errorText(error)}\n\n${USAGE}`);
  }
}

/** The packages that are handed out, as CycloneDX; the same lock file makes the same bytes. @throws BuildError */
async function makeSbom(): Promise<[name: string, content: Buffer]> {
  const args = ["sbom", "--omit=dev", "--package-lock-only", "--sbom-format=cyclonedx", "--prefix", PROJECT];
  const {
    serialNumber: _random,
    metadata,
    ...sbom
  } = JSON.parse(await runTool(NPM, args), (_key, value) =>
    Array.isArray(value)
      ? value.filter((item) => !NOT_HANDED_OUT.test(item["bom-ref"] ?? item.ref ?? item))
      : value,
  );
  const { timestamp: _now, ...facts } = metadata;
  const text = `${JSON.stringify({ ...sbom, metadata: facts }, null, 2)}\n`;
  return [`poswatch-${projectVersion()}.sbom.json`, Buffer.from(text)];
}

/** `SHA256SUMS` as `sha256sum --check` reads it and, with the key of updates, its signature (Ed25519, raw). */
function makeChecksums(files: ReadonlyMap<string, Buffer>, signingKey: KeyObject | null): [string, Buffer][] {
  const lines = [...files].map(
    ([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`,
  );
  const sums = Buffer.from(lines.join(""));
  const own: [string, Buffer][] = [["SHA256SUMS", sums]];
  return signingKey ? [...own, ["SHA256SUMS.sig", signBytes(null, sums, signingKey)]] : own;
}

process.umask(0o077);

try {
  await main();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
