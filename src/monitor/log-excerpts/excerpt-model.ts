import { levelOf } from "../../protocol/log-head.ts";
import type { Db } from "../database/schema.ts";
import { timeInFileUrl } from "../log-viewer/archive-page.ts";
import { lineColumns } from "../log-viewer/line-columns.ts";
import { lineKey } from "../log-viewer/line-key.ts";
import { posClock, posSecond, posSpan } from "../log-viewer/pos-time.ts";
import { agentFailureInWords } from "../requests/agent-failure.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { asSentence, atTime } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type FoundExcerpt, findPresentExcerpt } from "./find-excerpts.ts";

export type ExcerptModel = ReturnType<typeof excerptModel>;
type FoundEntry = FoundExcerpt["entries"][number];

/** So many repeats in a row become one line. */
const FOLDED_FROM = 3;

/** «Строки лога»: what stood around the beginning or the end of an error, or why nothing can be shown. */
export function excerptModel(viewer: Viewer, excerpt: FoundExcerpt, now: number) {
  const { t } = viewer;
  const { id, kind, posServerId, noticedAt, file, text, finishedAt, archiveId, entries } = excerpt;
  const match = entries.findIndex(({ isMatch }) => isMatch);
  const matchedAt = entries[match]?.at ?? noticedAt;
  const urlOf = (written: number | null) =>
    archiveId === null || file === null || written === null
      ? null
      : timeInFileUrl({ id: archiveId }, file, written);
  const wholeUrl = urlOf(entries[match]?.written ?? null);
  const about = [file, t(`logExcerpt.when.${kind}`, { when: atTime(viewer, matchedAt, now) })];
  if (
    entries[match]?.written &&
    posClock(entries[match].written) !== viewer.format.clock(matchedAt, matchedAt)
  )
    about.push(t("logExcerpt.posClock"));
  const search = new URLSearchParams({ posServer: String(posServerId), text });
  return {
    id: `log-lines-${id}`,
    kind,
    about: about.filter((part) => part !== null).join(", "),
    note: file === null ? noteOf(viewer, excerpt) : null,
    isAwaited: finishedAt === null,
    parts: foldRepeats(entries, match).map((part) =>
      "repeats" in part
        ? { ...foldOf(part.repeats), rows: part.repeats.map(rowOf) }
        : { fold: null, rows: [rowOf(part.entry)] },
    ),
    searchUrl: kind === "failure" ? `/log-searches/new?${search}` : null,
    whole:
      wholeUrl === null
        ? { url: `/pos-servers/${posServerId}/log-requests/new`, isDialog: true }
        : { url: wholeUrl, isDialog: false },
  };

  function rowOf({ at, written, level, text, isMatch }: FoundEntry) {
    const [line] = lineColumns(text, "", false, t);
    return {
      time: written === null ? null : posSecond(written),
      title: at === null ? "" : viewer.format.second(at, now),
      url: urlOf(written),
      level,
      severity: level === null ? "none" : levelOf(level),
      match: isMatch ? kind : null,
      pieces: line?.pieces ?? [],
    };
  }

  function foldOf(repeats: FoundEntry[]) {
    const more = t("logExcerpt.repeats", { count: repeats.length });
    const [from, to] = [repeats[0]?.written ?? null, repeats.at(-1)?.written ?? null];
    return { fold: from === null || to === null ? more : `${more} · ${posSpan(from, to)}` };
  }
}

/** For dialogs: the lines at the error that a POS server has now; null = there is none, or they were not fetched. */
export async function readLinesAtError(
  db: Db,
  viewer: Viewer,
  posServer: Pick<ShownPosServer, "id" | "syncError">,
  now: number,
): Promise<ExcerptModel | null> {
  const excerpt = await findPresentExcerpt(db, posServer);
  return excerpt?.kind === "failure" && excerpt.file !== null ? excerptModel(viewer, excerpt, now) : null;
}

function noteOf({ t }: Viewer, { finishedAt, failureCode, failureDetail }: FoundExcerpt): string {
  if (failureCode === null) return t(finishedAt === null ? "logExcerpt.awaited" : "logExcerpt.nothing");
  const why = agentFailureInWords({ t }, { code: failureCode, detail: failureDetail });
  return t(finishedAt === null ? "logExcerpt.tried" : "logExcerpt.failed", { why: asSentence(why) });
}

/** An entry, or a run of those that repeat entries nearer to the match. */
type Part = { entry: FoundEntry } | { repeats: FoundEntry[] };

/** What repeats an entry nearer to the match is folded, three in a row or more: away from it on both sides. */
function foldRepeats(entries: readonly FoundEntry[], match: number): Part[] {
  const found = entries[match];
  if (!found) return [];
  const above = foldAway(entries.slice(0, match).reverse(), found).map((part) =>
    "repeats" in part ? { repeats: part.repeats.reverse() } : part,
  );
  return [...above.reverse(), { entry: found }, ...foldAway(entries.slice(match + 1), found)];
}

function foldAway(entries: readonly FoundEntry[], from: FoundEntry): Part[] {
  const parts: Part[] = [];
  const seen = new Set([keyOf(from)]);
  let run: FoundEntry[] = [];
  for (const entry of [...entries, null]) {
    if (entry !== null && seen.has(keyOf(entry))) {
      run.push(entry);
      continue;
    }
    parts.push(
      ...(run.length >= FOLDED_FROM ? [{ repeats: run }] : run.map((repeat) => ({ entry: repeat }))),
    );
    run = [];
    if (entry === null) break;
    seen.add(keyOf(entry));
    parts.push({ entry });
  }
  return parts;
}

function keyOf({ level, text }: FoundEntry): number {
  return lineKey(`${level ?? ""} ${text}`);
}
