import { filterUrl, withNothingBut } from "../filter/filter.ts";
import { lineColumns } from "../log-viewer/line-columns.ts";
import { agentFailureInWords } from "../requests/agent-failure.ts";
import { codeInWords } from "../viewer/in-words.ts";
import { writeLocalTime } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { barsModel } from "./bars.ts";
import { type FoundRow, type OtherRow, type Results, SHOWN_ROWS } from "./find-results.ts";
import { LAST_MS } from "./search-form.ts";
import { ASKED_FOR_MS, type FoundSearch, isAsking, KEPT_MS, type Places, readPlace } from "./searches.ts";
import { longestPart } from "./sought-text.ts";

const [ROWS_A_SECOND, MOST_SECONDS] = [2_000, 15];
/** Named beside the heading of a folded group. */
const NAMED = 3;

interface SearchInput {
  search: FoundSearch;
  results: Results;
  /** Whose error it began with, if it may be seen. */
  posServer: { id: number; name: string } | null;
  places: Places;
  now: number;
}

export function searchModel(viewer: Viewer, { search, results, posServer, places, now }: SearchInput) {
  const { t, format } = viewer;
  const { counts, found, others } = results;
  const { text, fromAt, toAt, requestedAt, stoppedAt } = search;
  const sum = (key: "found" | "entries" | "partly") => counts.reduce((total, row) => total + row[key], 0);
  const of = (wanted: OtherRow["status"]) => counts.find(({ status }) => status === wanted)?.posServers ?? 0;
  const [queued, away, done, leftOut] = [of("queued"), of("away"), of("done"), of("left_out")];
  const isStillAsking = isAsking(search, now);
  const left = isStillAsking ? queued : 0;
  const failed = of("failed") + queued - left;
  const asked = done + away + failed + left;
  const at = readPlace(search.place);
  const place = at && { name: places[at.kind].find(({ id }) => id === at.id)?.name ?? "—" };
  const percent = (count: number) => Math.round((count / Math.max(asked, 1)) * 10_000) / 100;
  const more = (shown: number, all: number) =>
    all > shown ? t("posServers.cause.more", { shown, total: format.number(all) }) : null;
  return {
    title: t("logSearch.heading", { text }),
    about: [
      t("logSearch.inLogs"),
      `${format.time(fromAt, now)} – ${format.time(toAt, now)}`,
      place && (at?.kind === "tag" ? t("logSearch.place.tag", place) : place.name),
      t(place ? "logSearch.posServers" : "logSearch.all", { count: asked + leftOut }),
    ]
      .filter((part) => part !== null)
      .join(" · "),
    url: `/log-searches/${search.id}`,
    posServer: posServer && { url: `/pos-servers/${posServer.id}`, name: posServer.name },
    changeUrl: changeUrl(viewer, search),
    isOpen: isStillAsking && queued + away > 0,
    /** Adding up the rows of a large chain takes longer. */
    refreshSeconds: Math.min(Math.max(Math.ceil(asked / ROWS_A_SECOND), 1), MOST_SECONDS),
    answered: t(away > 0 ? "logSearch.answeredAndAway" : "logSearch.answered", {
      answered: format.number(done),
      all: format.number(asked),
      away: format.number(away),
    }),
    numbers: [
      ...(stoppedAt === null ? [] : [t("logSearch.stoppedAt", { time: format.clock(stoppedAt, now) })]),
      ...(left > 0 ? [t("logSearch.left", { count: left })] : []),
      ...(failed > 0 ? [t("logSearch.failed", { count: failed })] : []),
      ...(sum("found") > 0 ? [t("logSearch.found", { count: sum("found") })] : []),
      ...(sum("partly") > 0 ? [t("logSearch.partly", { count: sum("partly") })] : []),
      ...(done > 0 && sum("found") + left === 0 ? [t("logSearch.nothing")] : []),
    ].join(" · "),
    share: { done: percent(done + of("failed")), away: percent(away) },
    bars: sum("found") > 0 ? barsModel(viewer, search, results.bars, now) : null,
    total: t("logSearch.total", { entries: format.number(sum("entries")), count: sum("found") }),
    list: {
      url: filterUrl(withNothingBut({ logSearchId: search.id })),
      text: t("logSearch.toList", { count: sum("found") }),
    },
    rows: found.map((row) => rowModel(viewer, text, row)),
    more: more(found.length, sum("found")),
    groups: [
      group("away", away, [], isStillAsking ? t("logSearch.awaited", { time: awaitedUntil() }) : ""),
      group("failed", failed, isStillAsking ? [] : listOf("queued")),
      group("left_out", leftOut),
      group("partly", sum("partly")),
      group("done", done - sum("found") - sum("partly")),
    ].filter(({ rows }) => rows.length > 0),
    note: t("logSearch.note", { time: format.time(requestedAt + KEPT_MS, now) }),
  };

  function awaitedUntil(): string {
    return format.clock(requestedAt + ASKED_FOR_MS, now);
  }

  function listOf(wanted: Group): OtherRow[] {
    return others.filter((row) => groupOf(row) === wanted);
  }

  /** Those without a row, folded. @param unasked who were not asked in time. */
  function group(status: Group, count: number, unasked: OtherRow[] = [], note = "") {
    const notAsked = search.stoppedAt === null ? "over" : "stopped";
    const rows = [...listOf(status), ...unasked.map((row) => ({ ...row, code: notAsked }))].slice(
      0,
      SHOWN_ROWS,
    );
    const names = rows
      .slice(0, NAMED)
      .map(({ name }) => name)
      .join("; ");
    const brief = count > NAMED ? t("logSearch.andMore", { names, count: count - NAMED }) : names;
    return {
      name: status,
      heading: t(`logSearch.group.${status}`, { count }),
      brief: status === "done" ? null : brief + note,
      rows: rows.map((row) => ({ url: `/pos-servers/${row.id}`, name: row.name, why: why(viewer, row) })),
      more: more(rows.length, count),
    };
  }
}

type Group = OtherRow["status"] | "partly";

/** Where a log was not read to its end, nothing is known of the rest. */
function groupOf({ status, unreadFiles }: OtherRow): Group {
  return status === "done" && unreadFiles > 0 ? "partly" : status;
}

function changeUrl({ timeZone }: Viewer, search: FoundSearch): string {
  const { text, fromAt, toAt, place, posServerId, requestedAt } = search;
  const isUpToNow = toAt === requestedAt;
  const [span = "own"] = Object.entries(LAST_MS).find(([, ms]) => isUpToNow && ms === toAt - fromAt) ?? [];
  const [from, to] = [writeLocalTime(fromAt, timeZone), writeLocalTime(toAt, timeZone)];
  const query = new URLSearchParams({ text, words: "typed", span, from, to, place });
  return `/log-searches/new?${query}&posServer=${posServerId ?? ""}`;
}

function rowModel(viewer: Viewer, sought: string, row: FoundRow) {
  const { t, format } = viewer;
  const { id, name, organizationName, crmId, line } = row;
  const moment = (at: number | null) => at && { clock: format.clock(at, at), day: format.day(at, at) };
  return {
    id,
    name,
    url: `/pos-servers/${id}`,
    place: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    count: format.number(row.count),
    times: [moment(row.firstAt), moment(row.lastAt)],
    pieces: lineColumns(line ?? "", longestPart(sought), false, t).flatMap(({ pieces }) => pieces),
    unread: unreadInWords(viewer, row),
    canBeOpened: row.canBeOpened === 1,
  };
}

function unreadInWords({ t, format }: Viewer, row: Pick<FoundRow, "unreadFiles" | "unreadBytes">) {
  if (row.unreadBytes > 0) return t("logSearch.unread", { size: format.bytes(row.unreadBytes) });
  return row.unreadFiles > 0 ? t("logSearch.unreadFiles", { count: row.unreadFiles }) : null;
}

function why(viewer: Viewer, row: OtherRow): string | null {
  const { code, detail } = row;
  if (code === null) return unreadInWords(viewer, row);
  return codeInWords(viewer.t, code, "logSearch.why") ?? agentFailureInWords(viewer, { code, detail });
}
