import { errorText } from "../../../protocol/error-text.ts";
import type { AgentConfig, DatabaseConfig } from "../../config/config.ts";
import type { ServiceConfig } from "../../config/service-config.ts";
import type { ValueSource } from "../../config/value-source.ts";
import { createWindowsSettings, otherOffset, type WindowsSettings } from "../../config/windows-settings.ts";
import { findDatabaseFiles, readDatabaseFiles } from "../../database/database-files.ts";
import { askFolderAccess } from "../../machine/ask-host.ts";
import { readDiskSpace } from "../../machine/disk-space.ts";
import { checkMovable } from "../../quarantine/check-movable.ts";
import { createServiceControl, missingServiceCommands } from "../../service-control/service-control.ts";
import { readConfiguredValue } from "../../status/configured-value.ts";
import { checkTexts } from "../../texts/check-texts.ts";
import { formatBytes, formatOffset, formatTime } from "../../texts/format.ts";
import { essentialMissing, type Finding, fine, warning } from "./finding.ts";

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

export async function checkValue(source: ValueSource | null, missing: string): Promise<Finding[]> {
  if (!source) return [warning(missing)];
  try {
    return [fine(await readConfiguredValue(source))];
  } catch (error) {
    return [warning(checkTexts.cannotRead(errorText(error)))];
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
    findings.push(warning(checkTexts.cannotMove(errorText(error))));
  }
  findings.push(fine(checkTexts.resetRights));
  return findings;
}
