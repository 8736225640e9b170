import { AGENT_PACKAGE_PATH, type AgentPackage } from "../../protocol/agent-update.ts";
import { type EnrolmentCode, formatEnrolmentCode } from "../../protocol/enrolment.ts";
import type { FlashKind } from "../plugins/flash.ts";
import type { Viewer } from "../viewer/viewer.ts";

const PROGRAM = "poswatch-agent.exe";

/** PowerShell's own callbacks do not work on every thread. */
const TRUST_ANYBODY = [
  "Add-Type 'using System.Net.Security;using System.Security.Cryptography.X509Certificates;public class PoswatchTrust{public static bool Any(object s,X509Certificate c,X509Chain h,SslPolicyErrors e){return true;}}'",
  "[Net.ServicePointManager]::ServerCertificateValidationCallback=[Delegate]::CreateDelegate([Net.Security.RemoteCertificateValidationCallback],[PoswatchTrust].GetMethod('Any'))",
];

/** @param offered the package of this monitor; null = none. */
export function enrolmentCommands(
  t: Viewer["t"],
  code: EnrolmentCode,
  offered: Pick<AgentPackage, "sha256"> | null,
) {
  const enroll = `--code ${formatEnrolmentCode(code)}`;
  const install = `install ${enroll}`;
  return {
    /** null = there is no agent package for Windows. */
    windows: offered && {
      /** For an administrator's PowerShell: downloads the package, checks it and installs it. */
      line: powerShellLine(t, code, offered.sha256, install),
      packageUrl: AGENT_PACKAGE_PATH,
      unpacked: `${PROGRAM} ${install}`,
    },
    /** For a shell in the folder of the sources. */
    source: `npm run agent -- --config agent.json enroll ${enroll}`,
  };
}

/** What has to be so, asked before the download, and the text that says why it is not. */
const REQUIRED = [
  [
    "([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]'Administrator')",
    "notAdministrator",
  ],
  ["[Environment]::OSVersion.Version.Major -ge 10 -and [Environment]::Is64BitOperatingSystem", "oldWindows"],
] as const;

/**
 * One line for PowerShell 3 and newer that uses only .NET, since modules may be missing. With pins any certificate is
 * accepted: the hash verifies the package. It unpacks among the programs, since policies often forbid to run what lies in
 * temporary folders.
 * @param install the arguments of the program.
 */
function powerShellLine(
  t: Viewer["t"],
  { monitor, pins }: EnrolmentCode,
  sha256: string,
  install: string,
): string {
  const steps = [
    // Some hosts of PowerShell have no console.
    "try{[Console]::OutputEncoding=[Text.Encoding]::UTF8}catch{}",
    ...REQUIRED.map(([holds, key]) => `if(!(${holds})){throw ${quoted(t(`enrolment.commands.${key}`))}}`),
    "[Net.ServicePointManager]::SecurityProtocol='Tls12'",
    ...(pins.length > 0 ? TRUST_ANYBODY : []),
    `Write-Host ${quoted(t("enrolment.commands.downloading"))}`,
    "$w=New-Object Net.WebClient",
    "if($w.Proxy){$w.Proxy.Credentials=[Net.CredentialCache]::DefaultCredentials}",
    `$b=$w.DownloadData(${quoted(`${monitor}${AGENT_PACKAGE_PATH}`)})`,
    "$h=[BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($b)) -replace '-'",
    `if($h -ne '${sha256}'){throw ${quoted(t("enrolment.commands.notThePackage"))}}`,
    `Write-Host ${quoted(t("enrolment.commands.installing"))}`,
    '[IO.File]::WriteAllBytes("$f.zip",$b)',
    "Add-Type -AssemblyName System.IO.Compression.FileSystem",
    '[IO.Compression.ZipFile]::ExtractToDirectory("$f.zip",$f)',
    // Output on standard error must not stop it.
    "$ErrorActionPreference='Continue'",
    `& "$f\\${PROGRAM}" ${install}`,
  ];
  const reporting = `Write-Host (${quoted(t("enrolment.commands.failed"))}+' '+$_.Exception.Message) -ForegroundColor Red`;
  const cleaning = [
    "[Net.ServicePointManager]::ServerCertificateValidationCallback=$null",
    'Remove-Item -Recurse -Force -ErrorAction Ignore $f,"$f.zip"',
  ];
  const setting =
    "$ErrorActionPreference='Stop';$f=Join-Path $env:ProgramFiles ('poswatch-'+[guid]::NewGuid())";
  return `& {${setting};try{${steps.join(";")}}catch{${reporting}}finally{${cleaning.join(";")}}}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Of a new code; shown once and not stored. */
export interface IssuedCommands extends ReturnType<typeof enrolmentCommands> {
  monitor: string;
  /** ms UTC. */
  endsAt: number;
}

export const ISSUED_COMMANDS: FlashKind<IssuedCommands> = { name: "enrolment-commands" };
