import type { ReportedCheck } from "../../protocol/status-report.ts";
import { createChecks } from "../checks/checks.ts";
import { runCheck } from "../checks/run-checks.ts";
import type { AgentConfig } from "../config/config.ts";
import { DialOutError, withinTime } from "../dial-out/dial-out-error.ts";
import { type DialOutTarget, openSocket } from "../dial-out/open-socket.ts";
import { choosePort, chooseTarget, readStanding } from "../enrolment/enrolment.ts";
import { peekIdentity } from "../machine/identity.ts";
import { hostProgram } from "../machine/service-host.ts";
import { createServiceControl } from "../service-control/service-control.ts";
import { openTaughtPatterns } from "../teaching/taught-patterns.ts";
import { checkTexts } from "../texts/check-texts.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";
import { dialOutTexts } from "../texts/connection-texts.ts";
import { reasonInWords } from "../texts/reason-texts.ts";
import {
  checkClock,
  checkDatabase,
  checkDisk,
  checkExchange,
  checkLogFiles,
  checkProfile,
  checkReset,
  checkService,
  checkStateFolder,
  checkValue,
  type Finding,
  fine,
  warning,
} from "./findings.ts";

const ANSWER_WITHIN_MS = 10_000;

/** Prints what the agent finds, in Russian. @returns whether everything essential (service, logs, success lines) is there. */
export async function checkAgent(
  config: AgentConfig,
  configFile: string,
  print: (line: string) => void,
): Promise<boolean> {
  const utcOffsetMinutes = config.utcOffsetMinutes ?? -new Date().getTimezoneOffset();
  const host = hostProgram();
  const sections: [title: string, check: () => Promise<Finding[]> | Finding[]][] = [
    [checkTexts.profile, () => checkProfile(config.profile)],
    [checkTexts.clock, () => checkClock(utcOffsetMinutes)],
    [checkTexts.service, () => checkService(config.service, utcOffsetMinutes)],
    [checkTexts.version, () => checkValue(config.version, checkTexts.versionMissing)],
    [checkTexts.crmId, () => checkValue(config.crmId, checkTexts.crmIdMissing)],
    [checkTexts.database, () => checkDatabase(config.database, utcOffsetMinutes)],
    [checkTexts.reset, () => checkReset(config)],
    [checkTexts.disk, () => checkDisk(config.database.directory)],
    [checkTexts.logs, () => checkLogFiles(config.logs, utcOffsetMinutes)],
    [checkTexts.needs, () => checkNeeds(config)],
    [
      checkTexts.exchange,
      async () => {
        const taught = await openTaughtPatterns(config.stateDirectory, { set: () => {} });
        return await checkExchange(config.logs, config.utcOffsetMinutes, taught.current());
      },
    ],
    [checkTexts.dialOut, () => checkWayToMonitor(config, configFile)],
  ];

  if (host) sections.unshift([checkTexts.stateFolder, () => checkStateFolder(host, config.stateDirectory)]);

  print(checkTexts.title);
  let isComplete = true;
  let hasWarnings = false;
  for (const [title, check] of sections) {
    print(`\n${title}`);
    for (const finding of await findingsOf(check)) {
      const isWarning = finding.level !== "fine";
      print(isWarning ? `  ${checkTexts.warning}: ${finding.text}` : `  ${finding.text}`);
      if (isWarning) hasWarnings = true;
      if (finding.level === "essential_missing") isComplete = false;
    }
  }
  const allFound = hasWarnings ? checkTexts.allFoundButWarnings : checkTexts.allFound;
  print(`\n${isComplete ? allFound : checkTexts.essentialMissing}`);
  return isComplete;
}

async function findingsOf(check: () => Promise<Finding[]> | Finding[]): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [{ level: "essential_missing", text: checkTexts.cannotRead(reasonInWords(error)) }];
  }
}

async function checkNeeds(config: AgentConfig): Promise<Finding[]> {
  const control = createServiceControl(config.service);
  const checks = createChecks(config, control);
  return (await Promise.all(checks.map((check) => runCheck(check)))).map(findingOf);
}

export function findingOf({ id, outcome, value, detail }: ReportedCheck): Finding {
  const name = checkTexts.needNames[id] ?? id;
  const found = value ? (checkTexts.needValues[value] ?? value) : "";
  const why = detail ? inWords(detail) : "";
  switch (outcome) {
    case "ok":
      return fine(checkTexts.needOk(name, found, why));
    case "failed":
      return warning(checkTexts.needFailed(name, found, why));
    case "unknown":
      return fine(checkTexts.needUnknown(name, why));
  }
}

/** @param detail a word, perhaps with more after a colon. */
function inWords(detail: string): string {
  const [, word = "", more = ""] = /^(\w+):(.+)$/s.exec(detail) ?? [];
  return checkTexts.needDetailsOf[word]?.(more) ?? checkTexts.needDetails[detail] ?? reasonInWords(detail);
}

async function checkWayToMonitor(config: AgentConfig, configFile: string): Promise<Finding[]> {
  const identity = await peekIdentity(config.stateDirectory);
  const standing = await readStanding(config.stateDirectory, identity?.posServerId ?? null);
  const { enrolment, elsewhere, asks } = standing;
  const port = choosePort(config, standing);

  const findings: Finding[] = [];
  if (enrolment) findings.push(fine(checkTexts.enrolledAt(enrolment.monitor)));
  else if (elsewhere) findings.push(warning(checkTexts.enrolledElsewhere(elsewhere.monitor)));
  if (asks)
    findings.push(
      warning("problem" in asks ? checkTexts.codeUnreadable(asks.problem) : checkTexts.asks(asks.monitor)),
    );
  const target = chooseTarget(config, enrolment);
  if (target) findings.push(...(await checkDialOut(target)));
  else if (port !== null)
    findings.push(fine(checkTexts.waitsForCalls(port, commandLineTexts.command(configFile, "pairing"))));
  else if (!elsewhere && asks === null) findings.push(warning(checkTexts.notEnrolled));
  return findings;
}

/** Whether the right monitor is reached. It does not identify itself, as an agent may be running and connected. */
export async function checkDialOut(target: DialOutTarget): Promise<Finding[]> {
  const { monitor } = target;
  try {
    const { socket } = await withinTime(ANSWER_WITHIN_MS, new AbortController().signal, (ending) =>
      openSocket(target, ending),
    );
    socket.destroy();
    return [fine(checkTexts.monitorReached(monitor))];
  } catch (error) {
    if (!(error instanceof DialOutError)) throw error;
    const reason = dialOutTexts.failure[error.failure](error.detail);
    return [warning(dialOutTexts.notReached(monitor, reason))];
  }
}
