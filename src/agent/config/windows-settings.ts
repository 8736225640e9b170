import { askHost, askUtcOffset } from "../machine/ask-host.ts";
import { hostProgram } from "../machine/service-host.ts";
import type { ValueSourceFile } from "./value-source.ts";

const ASK_HOST_WITHIN_MS = 10_000;
const VERSION = "(\\d+(?:\\.\\d+)+)";

/** What Windows alone knows of this machine. Where nobody can be asked, or does not tell, the agent goes by what it finds. */
export interface WindowsSettings {
  /** The folder of the account that the first installed of these services runs under; null = it is not told. */
  profileFolder(serviceNames: readonly string[]): Promise<string | null>;
  /** How far Windows is ahead of UTC now, minutes; null = it is not told. */
  utcOffset(): Promise<number | null>;
}

/** @param host the native host; null = the agent runs without one. */
export function createWindowsSettings(host: string | null = hostProgram()): WindowsSettings {
  return {
    async profileFolder(serviceNames) {
      if (host === null) return null;
      const facts = await askHost(host, serviceNames, ASK_HOST_WITHIN_MS).catch(() => null);
      return facts?.profile ?? null;
    },
    async utcOffset() {
      return host === null ? null : await askUtcOffset(host, ASK_HOST_WITHIN_MS).catch(() => null);
    },
  };
}

/** By which offset logs are read: that of Windows, where it does not know the changes of its zone that Node knows; null = Node's. */
export async function otherOffset(
  { utcOffset }: Pick<WindowsSettings, "utcOffset">,
  ofNode = -new Date().getTimezoneOffset(),
): Promise<number | null> {
  const ofWindows = await utcOffset();
  return ofWindows === ofNode ? null : ofWindows;
}

/**
 * Reads, on Windows, the version of the program file of the first of these services that is installed: from the native host
 * where there is one, else by PowerShell.
 */
export function windowsVersionSource(serviceNames: readonly string[]): ValueSourceFile {
  const host = hostProgram();
  if (host !== null) return { command: [host, "service-version", ...serviceNames], pattern: VERSION };
  const names = serviceNames.map((name) => `'${name.replaceAll("'", "''")}'`).join(",");
  const script =
    `foreach ($name in ${names}) { ` +
    "$key = Get-ItemProperty -LiteralPath ('HKLM:\\SYSTEM\\CurrentControlSet\\Services\\' + $name) -ErrorAction SilentlyContinue; " +
    "if ($key) { $path = [Environment]::ExpandEnvironmentVariables($key.ImagePath) -replace '^\"([^\"]+)\".*$', '$1' " +
    "-replace '^([^\"]+?\\.exe).*$', '$1'; (Get-Item -LiteralPath $path).VersionInfo.ProductVersion; break } }";
  return {
    command: ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", script],
    pattern: VERSION,
  };
}
