import { teachingFailureInWords } from "../log-patterns/sending/teaching-failure.ts";
import { lineColumns } from "../log-viewer/line-columns.ts";
import { writeLocalTime } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { barsModel } from "./bars-model.ts";
import { type FoundRow, type OtherRow, type Results, SHOWN_ROWS } from "./find-results.ts";
import { ASKED_FOR_MS, type FoundSearch, isAsking, KEPT_MS } from "./searches.ts";
import { longestPart } from "./sought-text.ts";

const OWN_CODES: readonly string[] = ["parked", "unsupported", "no_address", "right_lost", "stopped", "over"];
/** Named beside the heading of a folded group. */
const NAMED = 3;

interface SearchInput {
  search: FoundSearch;
  results: Results;
  /** Whose error it began with, if it may be seen. */
  posServer: { id: number; name: string } | null;
  /** The organization or tag whose POS servers were asked; null = all. */
  place: string | null;
  now: number;
}

export function searchModel(viewer: Viewer, { search, results, posServer, place, now }: SearchInput) {
  const { t, format } = viewer;
  const { found, counts } = results;
  const sum = (key: "posServers" | "found" | "entries", ...statuses: string[]) =>
    counts
      .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
      .reduce((total, row) => total + row[key], 0);
  const isStillAsking = isAsking(search, now);
  const [queued, away, done] = (["queued", "away", "done"] as const).map((status) =>
    sum("posServers", status),
  );
  const left = isStillAsking ? (queued ?? 0) : 0;
  const isOpen = isStillAsking && (queued ?? 0) + (away ?? 0) > 0;
  const failed = sum("posServers", "failed") + (isStillAsking ? 0 : (queued ?? 0));
  const asked = sum("posServers") - sum("posServers", "left_out");
  const withText = sum("found");
  const percent = (count: number) => Math.round((count / Math.max(asked, 1)) * 10_000) / 100;
  const { text, fromAt, toAt } = search;
  const url = `/log-searches/${search.id}`;
  const untilClock = format.clock(search.requestedAt + ASKED_FOR_MS, now);
  return {
    title: t("logSearch.heading", { text }),
    about: [
      t("logSearch.inLogs"),
      `${format.time(fromAt, now)} – ${format.time(toAt, now)}`,
      place
        ? `${place}, ${t("logSearch.posServers", { count: sum("posServers") })}`
        : t("logSearch.all", { count: sum("posServers") }),
    ].join(" · "),
    url,
    posServer: posServer && { url: `/pos-servers/${posServer.id}`, name: posServer.name },
    changeUrl: changeUrl(viewer, search),
    isOpen,
    answered: t(away ? "logSearch.answeredAndAway" : "logSearch.answered", {
      answered: format.number(done ?? 0),
      all: format.number(asked),
      away: format.number(away ?? 0),
    }),
    numbers: [
      ...(left > 0 ? [t("logSearch.left", { count: left })] : []),
      ...(failed > 0 ? [t("logSearch.failed", { count: failed })] : []),
      t(withText > 0 ? "logSearch.foundAt" : left > 0 ? "logSearch.nothingYet" : "logSearch.nothing", {
        count: withText,
      }),
    ].join(" · "),
    share: { done: percent((done ?? 0) + sum("posServers", "failed")), away: percent(away ?? 0) },
    bars: withText > 0 ? barsModel(viewer, search, results.bars, now) : null,
    total: t("logSearch.total", { entries: format.number(sum("entries")), count: withText }),
    rows: found.map((row) => rowModel(viewer, text, row)),
    more:
      withText > SHOWN_ROWS
        ? t("posServers.cause.more", { shown: SHOWN_ROWS, total: format.number(withText) })
        : null,
    groups: groups(),
    note: t("logSearch.note", { time: format.time(search.requestedAt + KEPT_MS, now) }),
  };

  /** Who did not answer, and why; folded. */
  function groups() {
    const over = search.stoppedAt === null ? "over" : "stopped";
    const of = (...statuses: OtherRow["status"][]) =>
      results.others.filter(({ status }) => statuses.includes(status));
    const unasked = isStillAsking ? [] : of("queued").map((row) => ({ ...row, code: over }));
    const asGroup = (
      name: string,
      count: number,
      rows: OtherRow[],
      why: (row: OtherRow) => string | null,
      after = "",
    ) => ({
      name,
      heading: t(`logSearch.group.${name}`, { count }),
      brief: why === unreadOf ? null : briefOf(rows, count) + after,
      rows: rows.map((row) => ({ url: `/pos-servers/${row.id}`, name: row.name, why: why(row) })),
      more:
        count > rows.length
          ? t("posServers.cause.more", { shown: rows.length, total: format.number(count) })
          : null,
    });
    const unreadOf = (row: OtherRow) => unreadInWords(viewer, row);
    const whyOf = ({ code, detail }: OtherRow) => whyInWords(viewer, code, detail);
    const awaited = isStillAsking ? t("logSearch.awaited", { time: untilClock }) : "";
    return [
      asGroup("away", away ?? 0, of("away"), whyOf, awaited),
      asGroup("failed", failed, [...of("failed"), ...unasked].slice(0, SHOWN_ROWS), whyOf),
      asGroup("left_out", sum("posServers", "left_out"), of("left_out"), whyOf),
      asGroup("nothing", (done ?? 0) - withText, of("done"), unreadOf),
    ].filter(({ rows }) => rows.length > 0);
  }

  function briefOf(rows: readonly OtherRow[], count: number): string {
    const names = rows
      .slice(0, NAMED)
      .map(({ name }) => name)
      .join("; ");
    return count > NAMED ? t("logSearch.andMore", { names, count: count - NAMED }) : names;
  }
}

function changeUrl({ timeZone }: Viewer, { text, fromAt, toAt, place, posServerId }: FoundSearch): string {
  const query = new URLSearchParams({
    text,
    words: "typed",
    span: "own",
    from: writeLocalTime(fromAt, timeZone),
    to: writeLocalTime(toAt, timeZone),
    place,
    ...(posServerId !== null && { posServer: String(posServerId) }),
  });
  return `/log-searches/new?${query}`;
}

function rowModel(viewer: Viewer, sought: string, row: FoundRow) {
  const { t, format } = viewer;
  const { id, name, organizationName, crmId, count, firstAt, lastAt, line, file } = row;
  const moment = (at: number | null) => at && { clock: format.clock(at, at), day: format.day(at, at) };
  const [columns] = lineColumns(line ?? "", longestPart(sought), false, t);
  return {
    id,
    name,
    url: `/pos-servers/${id}`,
    place: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    count: format.number(count),
    first: moment(firstAt),
    last: moment(lastAt),
    pieces: columns?.pieces ?? [],
    unread: unreadInWords(viewer, row),
    canBeOpened: file !== null && lastAt !== null,
  };
}

function unreadInWords(
  { t, format }: Viewer,
  row: Pick<FoundRow, "unreadFiles" | "unreadBytes">,
): string | null {
  if (row.unreadBytes > 0) return t("logSearch.unread", { size: format.bytes(row.unreadBytes) });
  return row.unreadFiles > 0 ? t("logSearch.unreadFiles", { count: row.unreadFiles }) : null;
}

function whyInWords(viewer: Viewer, code: string | null, detail: string | null): string {
  if (code === null) return "";
  if (OWN_CODES.includes(code)) return viewer.t(`logSearch.why.${code}`);
  return teachingFailureInWords(viewer, { code, detail });
}
