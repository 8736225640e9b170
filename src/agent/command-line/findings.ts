import { isTooCommon } from "../../protocol/taught-pattern.ts";
import { TIME_FORMATS } from "../../protocol/time-formats.ts";
import type { AgentConfig, DatabaseConfig, LogsConfig } from "../config/config.ts";
import type { ServiceConfig } from "../config/config-schema.ts";
import { createWindowsSettings, otherOffset, type WindowsSettings } from "../config/windows-settings.ts";
import { findDatabaseFiles, readDatabaseFiles, readDiskSpace } from "../database/database-files.ts";
import { findFiles } from "../files/find-files.ts";
import { askFolderAccess } from "../machine/ask-host.ts";
import { checkMovable } from "../quarantine/quarantine-folder.ts";
import { createServiceControl, missingServiceCommands } from "../service-control/service-control.ts";
import type { ParsedValueSource } from "../settings/setting-types.ts";
import { readConfiguredValue } from "../status/configured-value.ts";
import { countMatches } from "../sync-log/count-matches.ts";
import { CLOCK_TOLERANCE_MS } from "../sync-log/exchange-event.ts";
import { createLogReading } from "../sync-log/log-reading.ts";
import type { Taught } from "../teaching/taught-patterns.ts";
import { checkTexts } from "../texts/check-texts.ts";
import { formatBytes, formatNumber, formatOffset, formatTime } from "../texts/format.ts";
import { reasonInWords } from "../texts/reason-texts.ts";

const MAX_PRINTED_LINE_LENGTH = 300;
/** An installer should not wait for gigabytes; the newest logs come first. */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;
const MAX_CHECKED_MS = 60_000;

export function checkProfile({ name, title, isTried }: AgentConfig["profile"]): Finding[] {
  const named = fine(checkTexts.profileName(name, title));
  return isTried ? [named] : [named, warning(checkTexts.profileUntried)];
}

/** Whether only administrators can read the keys of an installed agent. @param host the native host of Windows. */
export async function checkStateFolder(host: string, folder: string): Promise<Finding[]> {
  const accounts = await askFolderAccess(host, folder);
  return accounts === ""
    ? [fine(checkTexts.forAdministratorsAlone(folder))]
    : [warning(checkTexts.readByOthers(folder, accounts))];
}

export async function checkClock(
  utcOffsetMinutes: number,
  windows: Pick<WindowsSettings, "utcOffset"> = createWindowsSettings(),
): Promise<Finding[]> {
  const time = formatTime(Date.now(), utcOffsetMinutes);
  const found = fine(checkTexts.clockAndZone(time, formatOffset(utcOffsetMinutes)));
  const other = await otherOffset(windows);
  return other === null ? [found] : [found, warning(checkTexts.otherZone(formatOffset(other)))];
}

export async function checkService(config: ServiceConfig, utcOffsetMinutes: number): Promise<Finding[]> {
  const { name, state, startedAt } = await createServiceControl(config).status();
  if (state === "not_installed")
    return [essentialMissing(checkTexts.serviceMissing(config.names.join(", ")))];
  const status = checkTexts.serviceStatus(name, checkTexts.serviceStates[state]);
  const found = state === "running" ? fine(status) : warning(status);
  if (startedAt === null) return [found];
  return [found, fine(checkTexts.serviceSince(formatTime(startedAt, utcOffsetMinutes)))];
}

export async function checkValue(source: ParsedValueSource | null, missing: string): Promise<Finding[]> {
  if (!source) return [warning(missing)];
  try {
    return [fine(await readConfiguredValue(source))];
  } catch (error) {
    return [warning(checkTexts.cannotRead(reasonInWords(error)))];
  }
}

export async function checkDatabase(config: DatabaseConfig, utcOffsetMinutes: number): Promise<Finding[]> {
  const { exists, bytes, modifiedAt } = await readDatabaseFiles(config);
  if (!exists || modifiedAt === null) {
    return [warning(checkTexts.databaseMissing(config.directory, config.files.join(" ")))];
  }
  const files = await findDatabaseFiles(config);
  const time = formatTime(modifiedAt, utcOffsetMinutes);
  return [fine(checkTexts.databaseFiles(files.length, formatBytes(bytes), time))];
}

export async function checkDisk(directory: string): Promise<Finding[]> {
  const { freeBytes, totalBytes } = await readDiskSpace(directory);
  return [fine(checkTexts.diskSpace(formatBytes(freeBytes), formatBytes(totalBytes)))];
}

/** Whether a database reset could work: which files it would move, where to, and with what rights. */
export async function checkReset({ database, service }: AgentConfig): Promise<Finding[]> {
  const findings = missingServiceCommands(service, ["stop", "start"]).map((setting) =>
    warning(checkTexts.resetCommandMissing(setting)),
  );
  const files = await findDatabaseFiles(database);
  if (files.length === 0) return [...findings, warning(checkTexts.nothingToReset)];
  const names = files.map(({ name }) => name).sort();
  findings.push(fine(checkTexts.resetFiles(names.join(", "))));
  try {
    await checkMovable(database, files);
    findings.push(fine(checkTexts.quarantine(database.quarantineDirectory, database.quarantineDays)));
  } catch (error) {
    findings.push(warning(checkTexts.cannotMove(reasonInWords(error))));
  }
  findings.push(fine(checkTexts.resetRights));
  return findings;
}

export async function checkLogFiles(config: LogsConfig, utcOffsetMinutes: number): Promise<Finding[]> {
  const findings = [fine(checkTexts.logFolder(config.directory))];
  const { files, problems } = await findFiles(config.directory, config.files);
  for (const problem of problems) findings.push(warning(checkTexts.cannotRead(reasonInWords(problem))));
  const [newest] = files;
  if (!newest) return [...findings, essentialMissing(checkTexts.logFilesMissing(config.files.join(" ")))];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const modifiedAt = formatTime(newest.modifiedAt, utcOffsetMinutes);
  findings.push(fine(checkTexts.logFiles(files.length, formatBytes(bytes))));
  return [...findings, fine(checkTexts.newestLogFile(newest.name, modifiedAt))];
}

export async function checkExchange(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  taught: Taught,
): Promise<Finding[]> {
  const { kinds, lines, bytes, isCut, problems, untimed } = await countMatches(
    config,
    createLogReading(config, taught.rules, utcOffsetMinutes),
    { from: Number.NEGATIVE_INFINITY, maxBytes: MAX_CHECKED_BYTES, maxCpuMs: MAX_CHECKED_MS },
  );
  const findings = untimed === null ? [] : untimedFindings(untimed);
  findings.push(fine(checkTexts.linesRead(formatNumber(lines), formatBytes(bytes))));
  if (taught.rules !== null) findings.push(fine(checkTexts.taught));
  if (isCut) findings.push(warning(checkTexts.linesReadInPart(formatBytes(bytes))));
  for (const problem of problems) findings.push(warning(checkTexts.cannotRead(reasonInWords(problem))));
  for (const { path, reason } of [...config.unusablePatterns, ...taught.unusablePatterns])
    findings.push(essentialMissing(checkTexts.unusablePattern(path, reason)));

  if (isTooCommon(kinds.succeeded.count, lines)) findings.push(warning(checkTexts.tooCommon));

  for (const kind of ["attempted", "succeeded", "failed"] as const) {
    const { count, last } = kinds[kind];
    findings.push(fine(checkTexts.matchedCount(checkTexts.matched[kind], formatNumber(count))));
    if (!last) continue;
    findings.push(fine(checkTexts.lastMatch(last.text.slice(0, MAX_PRINTED_LINE_LENGTH))));
    if (last.message !== null) findings.push(fine(checkTexts.errorMessage(last.message)));
    if (untimed === null) findings.push(...checkTime(last.at));
  }
  if (kinds.succeeded.count === 0) findings.push(essentialMissing(checkTexts.noSuccess));
  if (kinds.failed.count === 0) findings.push(warning(checkTexts.noFailure));
  return findings;
}

function untimedFindings(line: string): Finding[] {
  return [
    essentialMissing(checkTexts.noTimes(line.slice(0, MAX_PRINTED_LINE_LENGTH))),
    ...TIME_FORMATS.map(({ example, pattern }) => fine(checkTexts.timestamp(example, pattern))),
  ];
}

function checkTime(at: number | null): Finding[] {
  if (at === null) return [essentialMissing(checkTexts.noTime)];
  return at > Date.now() + CLOCK_TOLERANCE_MS ? [warning(checkTexts.futureTime)] : [];
}

export interface Finding {
  /** `essential_missing`: without it the agent cannot do its work, and `--check` ends with 1. */
  level: "fine" | "warning" | "essential_missing";
  text: string;
}

export const fine = (text: string): Finding => ({ level: "fine", text });
export const warning = (text: string): Finding => ({ level: "warning", text });
export const essentialMissing = (text: string): Finding => ({ level: "essential_missing", text });
