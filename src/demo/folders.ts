import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const MARKER = "poswatch-demo.json";

export type PosServerFolder = ReturnType<typeof posServerFolder>;

export function posServerFolder(dataDir: string, slug: string) {
  const root = path.join(dataDir, "pos-servers", slug);
  const dataFolder = path.join(root, "iikoCard5");
  return {
    root,
    /** Counterpart of `…\AppData\Roaming\iiko\iikoCard5`. */
    dataFolder,
    database: path.join(dataFolder, "iikoCard5.db"),
    logs: path.join(dataFolder, "Logs"),
    version: path.join(root, "version.txt"),
    agentConfig: path.join(root, "agent.json"),
    agentState: path.join(root, "agent-state"),
  };
}

/**
 * The given folder, new or of an earlier demo, or a temporary one, which `release` removes.
 * @throws when the given one holds anything else.
 */
export function openDemoFolder(givenFolder: string | null) {
  const temporary = path.join(tmpdir(), "poswatch-demo-");
  const folder = givenFolder === null ? mkdtempSync(temporary) : path.resolve(givenFolder);
  mkdirSync(folder, { recursive: true });
  const marker = path.join(folder, MARKER);
  if (!existsSync(marker) && readdirSync(folder).length > 0)
    throw new Error(
      `DATA_DIR ${folder} is neither empty nor the folder of an earlier demo; choose another one`,
    );
  writeFileSync(marker, "{}\n");
  const release = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  return { path: folder, release: givenFolder === null ? release : () => {} };
}
