import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { type AgentPackage, PACKAGE_FILES } from "../protocol/agent-update.ts";
import { type Files, zip } from "./archives.ts";
import { bundleAgent } from "./bundle-agent.ts";
import { projectVersion } from "./project.ts";
import { signUpdate, updateFiles } from "./update-files.ts";

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
