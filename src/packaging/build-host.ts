import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { runTool, type Tool } from "./run-tool.ts";

const SOURCES = resolve(import.meta.dirname, "../agent/windows-service");
const HOW_TO_COMPILE = "Install it: apt-get install --no-install-recommends gcc-mingw-w64-x86-64-win32";
export const COMPILER: Tool = { program: "x86_64-w64-mingw32-gcc-win32", howToGet: HOW_TO_COMPILE };
export const RESOURCE_COMPILER: Tool = { program: "x86_64-w64-mingw32-windres", howToGet: HOW_TO_COMPILE };
const SHELL: Tool = { program: "sh", howToGet: "" };
const LIBRARIES = ["-ladvapi32", "-lshell32", "-lole32", "-lshlwapi"];

/** The same compiler always makes the same bytes. @param definitions such as `-DTRIAL_MS=1000`. @throws BuildError */
export async function buildHost(
  folder: string,
  version: string,
  definitions: readonly string[] = [],
): Promise<string> {
  const script = join(folder, "version.rc");
  const header = join(folder, "windows.h");
  const resource = join(folder, "version.o");
  const program = join(folder, "poswatch-agent.exe");
  await writeFile(script, versionResource(version));
  await runTool(RESOURCE_COMPILER, ["-o", resource, script]);
  const sources = readdirSync(SOURCES)
    .filter((file) => file.endsWith(".c"))
    .sort()
    .map((file) => join(SOURCES, file));
  const flags = ["-std=c17", "-municode", "-O2", "-s", "-Wall", "-Wextra", "-Werror", "-static"];
  const options = [...flags, ...definitions, `-ffile-prefix-map=${SOURCES}=.`];
  // To read the headers of Windows anew for each of the sources would take three times as long as all else.
  await writeFile(header, "#include <windows.h>\n");
  await runTool(COMPILER, [...options, "-x", "c-header", "-o", `${header}.gch`, header]);
  const inputs = ["-include", header, ...sources, resource, ...LIBRARIES];
  await runTool(COMPILER, [...options, "-Wl,--no-insert-timestamp", "-o", program, ...inputs]);
  return program;
}

/** What Windows shows under «Подробно» in the properties of the file. */
function versionResource(version: string): string {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/, 3).map(Number);
  const numbers = [major, minor, patch, 0];
  return `#include <winver.h>
VS_VERSION_INFO VERSIONINFO
FILEVERSION ${numbers.join(",")}
PRODUCTVERSION ${numbers.join(",")}
FILEOS VOS_NT_WINDOWS32
FILETYPE VFT_APP
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904B0"
    BEGIN
      VALUE "FileDescription", "Poswatch"
      VALUE "ProductName", "Poswatch"
      VALUE "OriginalFilename", "poswatch-agent.exe"
      VALUE "FileVersion", "${version}"
      VALUE "ProductVersion", "${version}"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200
  END
END
`;
}

/** Signs a program in its place. @param command of whoever publishes it, for a shell; the file is added to it. @throws BuildError */
export async function sign(program: string, command: string): Promise<void> {
  await runTool(SHELL, ["-ec", `${command} "$1"`, "sh", program]);
}
