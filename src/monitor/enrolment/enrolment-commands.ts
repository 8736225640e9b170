import { AGENT_PACKAGE_PATH, type AgentPackage } from "../../protocol/agent-package.ts";
import { type EnrolmentCode, formatEnrolmentCode } from "../../protocol/enrolment-code.ts";

/** How an agent is let in by a code: commands to copy, each as secret as the code in it. */
export interface EnrolmentCommands {
  /** null = there is no package of the agent for Windows. */
  windows: WindowsCommands | null;
  /** For an agent from source, in a shell in the folder of the program. */
  source: string;
}

export interface WindowsCommands {
  /** For a PowerShell of an administrator: downloads the package, checks it and installs it. */
  line: string;
  /** For whoever has unpacked the package. */
  unpacked: string;
}

const NOT_THE_PACKAGE =
  "Пакет агента скачан не целиком, или в Poswatch его уже заменили. Возьмите в Poswatch новую команду.";
/** PowerShell's own callbacks do not work on every thread. */
const TRUST_ANYBODY = [
  "Add-Type 'using System.Net.Security;using System.Security.Cryptography.X509Certificates;public class PoswatchTrust{public static bool Any(object s,X509Certificate c,X509Chain h,SslPolicyErrors e){return true;}}'",
  "[Net.ServicePointManager]::ServerCertificateValidationCallback=[Delegate]::CreateDelegate([Net.Security.RemoteCertificateValidationCallback],[PoswatchTrust].GetMethod('Any'))",
];

/** Writes the commands of a code. @param offered the package that this monitor offers, null = none. */
export function enrolmentCommands(
  code: EnrolmentCode,
  offered: Pick<AgentPackage, "sha256"> | null,
): EnrolmentCommands {
  const enroll = `--code ${formatEnrolmentCode(code)}`;
  const install = `poswatch-agent.exe install ${enroll}`;
  return {
    windows: offered && { line: powerShellLine(code, offered.sha256, install), unpacked: install },
    source: `npm run agent -- --config agent.json enroll ${enroll}`,
  };
}

/**
 * One line of PowerShell 5.1, which cannot pin a key: what it downloads is known by its hash, and the agent then knows the monitor by
 * the pins of the code.
 */
function powerShellLine({ monitor, pins }: EnrolmentCode, sha256: string, install: string): string {
  const steps = [
    "[Net.ServicePointManager]::SecurityProtocol='Tls12'",
    ...(pins.length > 0 ? TRUST_ANYBODY : []),
    `(New-Object Net.WebClient).DownloadFile(${quoted(`${monitor}${AGENT_PACKAGE_PATH}`)},"$f.zip")`,
    `if((Get-FileHash "$f.zip").Hash -ne '${sha256}'){throw ${quoted(NOT_THE_PACKAGE)}}`,
    `Expand-Archive "$f.zip" $f`,
    `& "$f\\${install.replace(" ", '" ')}`,
  ];
  const cleaning = [
    "[Net.ServicePointManager]::ServerCertificateValidationCallback=$null",
    'Remove-Item -Recurse -Force -ErrorAction Ignore $f,"$f.zip"',
  ];
  const setting =
    "$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue';$f=Join-Path $env:TEMP ('poswatch-'+[guid]::NewGuid())";
  return `& {${setting};try{${steps.join(";")}}finally{${cleaning.join(";")}}}`;
}

/** A text that PowerShell takes as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
