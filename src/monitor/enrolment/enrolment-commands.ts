import { AGENT_PACKAGE_PATH, type AgentPackage } from "../../protocol/agent-package.ts";
import { type EnrolmentCode, formatEnrolmentCode } from "../../protocol/enrolment-code.ts";
import type { FlashKind } from "../plugins/flash.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** How an agent is let in by a code: commands to copy, each as secret as the code in it. */
interface EnrolmentCommands {
  /** null = there is no package of the agent for Windows. */
  windows: WindowsCommands | null;
  /** For an agent from source, in a shell in the folder of the program. */
  source: string;
}

interface WindowsCommands {
  /** For a PowerShell of an administrator: downloads the package, checks it and installs it. */
  line: string;
  /** Where the package is to be had. */
  packageUrl: string;
  /** For whoever has unpacked it. */
  unpacked: string;
}

const PROGRAM = "poswatch-agent.exe";

/** PowerShell's own callbacks do not work on every thread. */
const TRUST_ANYBODY = [
  "Add-Type 'using System.Net.Security;using System.Security.Cryptography.X509Certificates;public class PoswatchTrust{public static bool Any(object s,X509Certificate c,X509Chain h,SslPolicyErrors e){return true;}}'",
  "[Net.ServicePointManager]::ServerCertificateValidationCallback=[Delegate]::CreateDelegate([Net.Security.RemoteCertificateValidationCallback],[PoswatchTrust].GetMethod('Any'))",
];

/** Writes the commands of a code. @param offered the package that this monitor offers, null = none. */
export function enrolmentCommands(
  t: Viewer["t"],
  code: EnrolmentCode,
  offered: Pick<AgentPackage, "sha256"> | null,
): EnrolmentCommands {
  const enroll = `--code ${formatEnrolmentCode(code)}`;
  const install = `install ${enroll}`;
  return {
    windows: offered && {
      line: powerShellLine(t, code, offered.sha256, install),
      packageUrl: AGENT_PACKAGE_PATH,
      unpacked: `${PROGRAM} ${install}`,
    },
    source: `npm run agent -- --config agent.json enroll ${enroll}`,
  };
}

/**
 * One line for PowerShell 3 and newer, of .NET alone, since modules may be missing. Where the code has pins, any certificate is
 * taken: it is the hash that tells the package.
 * @param install the arguments of its program.
 */
function powerShellLine(
  t: Viewer["t"],
  { monitor, pins }: EnrolmentCode,
  sha256: string,
  install: string,
): string {
  const steps = [
    "[Net.ServicePointManager]::SecurityProtocol='Tls12'",
    ...(pins.length > 0 ? TRUST_ANYBODY : []),
    `$b=(New-Object Net.WebClient).DownloadData(${quoted(`${monitor}${AGENT_PACKAGE_PATH}`)})`,
    "$h=[BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($b)) -replace '-'",
    `if($h -ne '${sha256}'){throw ${quoted(t("enrolment.commands.notThePackage"))}}`,
    '[IO.File]::WriteAllBytes("$f.zip",$b)',
    "Add-Type -AssemblyName System.IO.Compression.FileSystem",
    '[IO.Compression.ZipFile]::ExtractToDirectory("$f.zip",$f)',
    // What a program writes to its standard error ends nothing.
    "$ErrorActionPreference='Continue'",
    `& "$f\\${PROGRAM}" ${install}`,
  ];
  const telling = `Write-Host (${quoted(t("enrolment.commands.failed"))}+' '+$_.Exception.Message) -ForegroundColor Red`;
  const cleaning = [
    "[Net.ServicePointManager]::ServerCertificateValidationCallback=$null",
    'Remove-Item -Recurse -Force -ErrorAction Ignore $f,"$f.zip"',
  ];
  const setting = "$ErrorActionPreference='Stop';$f=Join-Path $env:TEMP ('poswatch-'+[guid]::NewGuid())";
  return `& {${setting};try{${steps.join(";")}}catch{${telling}}finally{${cleaning.join(";")}}}`;
}

/** A text that PowerShell takes as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The commands of a new code, which are told on one page and stored nowhere. */
export interface IssuedCommands extends EnrolmentCommands {
  /** Where agents reach it. */
  monitor: string;
  /** ms UTC. */
  endsAt: number;
}

export const ISSUED_COMMANDS: FlashKind<IssuedCommands> = { name: "enrolment-commands" };
