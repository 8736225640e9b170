import { isTooCommon } from "../../../protocol/taught-pattern.ts";
import { TIME_FORMATS } from "../../../protocol/time-formats.ts";
import type { LogsConfig } from "../../config/config.ts";
import { findFiles } from "../../files/find-files.ts";
import { countMatches } from "../../sync-log/count-matches.ts";
import { CLOCK_TOLERANCE_MS } from "../../sync-log/exchange-event.ts";
import { createLogReading } from "../../sync-log/log-reading.ts";
import type { Taught } from "../../teaching/taught-patterns.ts";
import { checkTexts } from "../../texts/check-texts.ts";
import { formatBytes, formatNumber, formatTime } from "../../texts/format.ts";
import { essentialMissing, type Finding, fine, warning } from "./finding.ts";

const MAX_PRINTED_LINE_LENGTH = 300;
/** An installer should not wait for gigabytes; the newest logs come first. */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;
const MAX_CHECKED_MS = 60_000;

export async function checkLogFiles(config: LogsConfig, utcOffsetMinutes: number): Promise<Finding[]> {
  const findings = [fine(checkTexts.logFolder(config.directory))];
  const { files, problems } = await findFiles(config.directory, config.files);
  for (const problem of problems) findings.push(warning(checkTexts.cannotRead(problem)));
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
  for (const problem of problems) findings.push(warning(checkTexts.cannotRead(problem)));
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
