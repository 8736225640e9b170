import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { type AgentPackage, PACKAGE_FILES } from "../protocol/agent-update.ts";
import { type Files, zip } from "./archives.ts";
import { bundle } from "./bundle.ts";
import { licensesOf, PROJECT, projectVersion } from "./project.ts";
import { BuildError } from "./run-tool.ts";
import { signUpdate, updateFiles } from "./update-files.ts";

const ENTRY = join(PROJECT, "src/agent/main.ts");
const FACTS = join(PROJECT, "package.json");
const SPKI = { type: "spki", format: "der" } as const;

interface BundleOptions {
  /** Null or left out = the agent takes no updates. */
  updateKey?: KeyObject | null;
  version?: string;
}

/**
 * Bundles the agent and its packages into one file, `agent.cjs`, without Node's own modules.
 * @returns `licenses` of the packages in it, and of Node. @throws BuildError
 */
export async function bundleAgent({ updateKey = null, version = projectVersion() }: BundleOptions = {}) {
  const { files, inputs } = await bundle({
    entryPoints: [ENTRY],
    format: "cjs",
    define: { POSWATCH_UPDATE_KEY: JSON.stringify(updateKey?.export(SPKI).toString("base64") ?? null) },
    plugins: [factsOfProject(version)],
  });
  const [file] = files;
  if (!file) throw new BuildError("esbuild made no file");
  return { code: inAscii(file.contents), licenses: licensesOf(inputs) };
}

/** One letter of another alphabet, as esbuild leaves them in regular expressions, would double what Node keeps of the text. */
function inAscii(contents: Uint8Array): Buffer {
  const toEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return Buffer.from(new TextDecoder().decode(contents).replace(/[\u0080-\uffff]/g, toEscape));
}

/** The agent needs only the version of `package.json`. */
function factsOfProject(version: string): Plugin {
  return {
    name: "facts of the project",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) =>
        path === FACTS ? { contents: JSON.stringify({ version }), loader: "json" } : null,
      ),
  };
}

interface Parts {
  /** The native host for Windows, signed or not. */
  host: Buffer;
  windowsNode: Buffer;
  /** null = the agent takes no updates. */
  signingKey: KeyObject | null;
}

/** Makes what the monitor offers to agents: the package for Windows and, with a key, the update. @throws BuildError */
export async function makeAgentPackage({ host, windowsNode, signingKey }: Parts): Promise<Files> {
  const version = projectVersion();
  const { code, licenses } = await bundleAgent({ updateKey: signingKey && createPublicKey(signingKey) });
  const content = await zip(
    new Map([
      ["poswatch-agent.exe", host],
      ["node.exe", windowsNode],
      ["agent.cjs", code],
      ["version.txt", Buffer.from(`${version}\n`)],
      ["LICENSES.txt", Buffer.from(licenses)],
    ]),
  );
  const sha256 = createHash("sha256").update(content).digest("hex");
  const facts: AgentPackage = { version, sha256, size: content.length };
  const packed: [string, Buffer][] = [
    [PACKAGE_FILES.zip, content],
    [PACKAGE_FILES.facts, Buffer.from(`${JSON.stringify(facts, null, 2)}\n`)],
  ];
  return new Map(signingKey ? [...packed, ...updateFiles(signUpdate(code, version, signingKey))] : packed);
}
