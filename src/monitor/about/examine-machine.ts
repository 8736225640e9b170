import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { release, type } from "node:os";
import { join } from "node:path";
import { createAgentPackages } from "../agents/agent-packages.ts";
import { RESERVED_BYTES, readFreeBytes } from "../log-archives/store/store.ts";
import { type Examined, type Finding, found } from "./finding.ts";

const PROJECT = join(import.meta.dirname, "../../..");
/** Of an archive, beside its folder `app`, or of the sources. */
const VERSION_FILES = [join(PROJECT, "../version.txt"), join(PROJECT, "package.json")];
const ENOUGH_BYTES = 4 * RESERVED_BYTES;
const OTHERS = 0o077;

export function examineVersion(): Finding {
  return found("ok", "about.version.ok", {
    version: readVersion(),
    node: process.versions.node,
    system: `${type()} ${release()}`,
  });
}

/** Of Poswatch; empty = it is unknown. */
export function readVersion(): string {
  const file = VERSION_FILES.find((one) => existsSync(one)) ?? "";
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return file.endsWith(".json") ? String(JSON.parse(text).version) : text.trim();
}

/** Windows has no such modes: there the installation closes the folder. */
export function examineData({ config }: Examined): Finding {
  const { dataDir: folder } = config;
  if (!existsSync(folder)) {
    const { POSWATCH_DATA: installed = "" } = process.env;
    return found("failed", `about.data.${existsSync(installed) ? "elsewhere" : "missing"}`, {
      folder,
      installed,
    });
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return found("failed", "about.data.readOnly", { folder });
  }
  const isOpen = process.platform !== "win32" && (statSync(folder).mode & OTHERS) !== 0;
  return isOpen ? found("warning", "about.data.open", { folder }) : found("ok", "about.data.ok", { folder });
}

export async function examineSpace({ config }: Examined): Promise<Finding> {
  const { dataDir, archiveDir } = config;
  const folders = existsSync(archiveDir) ? [dataDir, archiveDir] : [dataDir];
  const free = Math.min(...(await Promise.all(folders.map(readFreeBytes))));
  const status = free < RESERVED_BYTES ? "failed" : free < ENOUGH_BYTES ? "warning" : "ok";
  return {
    status,
    text: ({ t, format }) =>
      t(`about.space.${status === "ok" ? "ok" : "little"}`, { free: format.bytes(free) }),
  };
}

export async function examineAgentPackage({ config }: Examined): Promise<Finding> {
  const offered = await createAgentPackages(config.dataDir).find();
  if (typeof offered === "string")
    return found(offered === "absent" ? "warning" : "failed", `about.agentPackage.${offered}`);
  return found("ok", "about.agentPackage.ok", { version: offered.version });
}
