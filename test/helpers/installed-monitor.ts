import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundleMonitor, type MonitorBundle } from "../../src/packaging/bundle-monitor.ts";
import { linuxParts, monitorProgram } from "../../src/packaging/monitor-program.ts";
import type { Owner } from "./owner.ts";
import { findFreePort } from "./program.ts";
import { startMachine } from "./systemd.ts";

export const DATA = "/var/lib/poswatch";
/** While it is there, what is tried may take 8 s to begin, and to answer, instead of two minutes. */
export const HURRY = `${DATA}/hurry`;
const PATIENCE = ["12e4", `(process.getBuiltinModule("fs").existsSync("${HURRY}")?8e3:12e4)`] as const;

let bundle: MonitorBundle | null = null;

/** A machine on which versions of the archive for Linux are installed. */
export async function startInstallableMachine(t: Owner) {
  bundle ??= await bundleMonitor();
  const { folder, files, programs } = monitorProgram(bundle, linuxParts(), new Map());
  const machine = await startMachine(t, DATA);
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const text = (file: string) =>
    existsSync(machine.path(file)) ? readFileSync(machine.path(file), "utf8").trim() : "";
  writeFileSync(machine.path(`${DATA}/poswatch.env`), `PORT=${new URL(url).port}\n`);
  return {
    ...machine,
    url,
    text,
    dataDir: machine.folder,
    exists: (file: string) => existsSync(machine.path(file)),
    remove: (file: string) => rmSync(machine.path(file), { recursive: true, force: true }),
    /** Unpacks a version, with other files than the real one has. @returns its launcher. */
    unpack(version: string, changes: Record<string, string> = {}): string {
      const target = join("/root", version);
      for (const [path, content] of files)
        put(join(target, path.slice(folder.length + 1)), content, programs.includes(path));
      for (const [path, content] of Object.entries({ "version.txt": `${version}\n`, ...changes }))
        put(join(target, path), content, path === "poswatch");
      return join(target, "poswatch");
    },
    isReady: async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok === true,
    version: () => text(`${DATA}/version.txt`).replace(/-\d+$/, ""),
  };

  function put(path: string, content: string | Buffer, isProgram: boolean): void {
    const file = machine.path(path);
    const isPatient = content.includes("it was not ready within");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, isPatient ? content.toString().replaceAll(...PATIENCE) : content);
    if (isProgram) chmodSync(file, 0o755);
  }
}

/** A migration of a later version, which adds a table. */
export const laterMigration = (number: number) => ({
  [`app/migrations/${number}-later.js`]: `export const up = (db) => db.schema.createTable("later_${number}").addColumn("id", "integer").execute();\n`,
});
