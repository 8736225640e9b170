import { hostProgram } from "../machine/service-host.ts";
import type { ValueSourceFile } from "./value-source.ts";

const VERSION = "(\\d+(?:\\.\\d+)+)";

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
