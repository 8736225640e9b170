import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { causeKey } from "../../protocol/cause-key.ts";
import type { LogExcerpt } from "../../protocol/log-lines.ts";
import type { Db } from "../database/schema.ts";
import type { ShownIncident } from "../fleet/incidents/find-incidents.ts";
import { findArchiveOf } from "../log-archives/store/find-archive.ts";
import type { Claimable } from "../requests/runner.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";

export type FoundExcerpt = Awaited<ReturnType<typeof readExcerpts>>[number];

const LISTED = 50;
/** Of the packing: more takes many times as long, and saves nothing. */
const QUALITY = 5;
/** An incident is opened, and ends, a moment after the report that says so. */
const TOLERANCE_MS = 60_000;
/** An incident that goes on for weeks may have many errors. */
const MOST_OF_INCIDENT = 10;

/**
 * Lists the excerpts due at `now` (ms UTC), newest first, since people look at new errors. Retries have a share of their
 * own, so that they do not delay first attempts.
 */
export async function listDueExcerpts(db: Db, now: number): Promise<Claimable[]> {
  const listOf = async (share: string, attempts: "=" | ">") => {
    const due = db.selectFrom("logExcerpt").select("id").where("finishedAt", "is", null);
    const rows = await due
      .where("dueAt", "<=", now)
      .where("attempts", attempts, 0)
      .orderBy("dueAt", "desc")
      .limit(LISTED)
      .execute();
    return rows.map(({ id }) => ({ id, share }));
  };
  return [...(await listOf("new", "=")), ...(await listOf("tried", ">"))];
}

/** The newest that a POS server has of its present error, or of its end; null when there is none. */
export async function findPresentExcerpt(
  db: Db,
  { id, syncError }: { id: number; syncError: string | null },
): Promise<FoundExcerpt | null> {
  const newest = select(db).where("logExcerpt.posServerId", "=", id).orderBy("noticedAt", "desc");
  const excerpts = await readExcerpts(db, newest.limit(MOST_OF_INCIDENT));
  if (syncError !== null) return excerpts.find(isOf(syncError)) ?? null;
  return excerpts[0]?.kind === "recovery" ? excerpts[0] : null;
}

/** Errors come and go, and not each time lines are fetched: those of another one would explain nothing. */
export function isOf(error: string): (excerpt: FoundExcerpt) => boolean {
  const key = causeKey(error);
  return ({ kind, text }) => kind === "failure" && causeKey(text) === key;
}

/**
 * Of the POS server of a single incident, or of the first with the cause of a common one that the viewer may see; oldest
 * first.
 */
export async function listExcerptsOf(
  db: Db,
  access: OrganizationAccess,
  { id, kind, openedAt, closedAt, posServer, example }: ShownIncident,
): Promise<FoundExcerpt[]> {
  const during = select(db)
    .where("noticedAt", ">=", openedAt - TOLERANCE_MS)
    .$if(closedAt !== null, (query) => query.where("noticedAt", "<=", (closedAt ?? 0) + TOLERANCE_MS))
    .orderBy("noticedAt");
  if (kind === "single") {
    if (posServer?.id == null) return [];
    return await readExcerpts(
      db,
      during.where("logExcerpt.posServerId", "=", posServer.id).limit(MOST_OF_INCIDENT),
    );
  }
  const members = db
    .selectFrom("incidentMember")
    .select("posServerId")
    .where("incidentId", "=", id)
    .where(isVisibleTo(access, "organizationId"));
  const ofMembers = during
    .where("logExcerpt.posServerId", "in", members)
    .where("file", "is not", null)
    .limit(MOST_OF_INCIDENT);
  return (await readExcerpts(db, ofMembers)).filter(isOf(example.text)).slice(0, 1);
}

/** Only the first line of each entry. */
export function nearestLines({ entries }: FoundExcerpt, around: number) {
  const match = entries.findIndex(({ isMatch }) => isMatch);
  return entries
    .slice(Math.max(0, match - around), match + around + 1)
    .map(({ text, ...entry }) => ({ ...entry, text: text.split("\n", 1)[0] ?? "" }));
}

function select(db: Db) {
  return db
    .selectFrom("logExcerpt")
    .innerJoin("posServer", "posServer.id", "logExcerpt.posServerId")
    .innerJoin("posStatus", "posStatus.posServerId", "logExcerpt.posServerId")
    .select(["logExcerpt.id", "logExcerpt.posServerId", "logExcerpt.kind", "noticedAt", "logExcerpt.text"])
    .select(["posServer.name as posServerName", "utcOffsetMinutes", "logExcerpt.clockShiftMs"])
    .select(["logExcerpt.failureCode", "logExcerpt.failureDetail", "finishedAt", "file", "entries"]);
}

async function readExcerpts(db: Db, query: ReturnType<typeof select>) {
  const rows = await query.execute();
  return await Promise.all(
    rows.map(async ({ entries, ...excerpt }) => {
      const { posServerId, file, noticedAt: after } = excerpt;
      return {
        ...excerpt,
        /** Oldest first; `at` in ms UTC by the monitor's clock. */
        entries: entries === null ? [] : entriesOf(entries, excerpt),
        /** One that has the whole log; null = none. */
        archiveId: file === null ? null : await findArchiveOf(db, { posServerId, file, after }),
      };
    }),
  );
}

function entriesOf(
  packed: Uint8Array,
  { clockShiftMs, utcOffsetMinutes }: { clockShiftMs: number; utcOffsetMinutes: number | null },
) {
  const entries: LogExcerpt["entries"] = JSON.parse(brotliDecompressSync(packed).toString());
  return entries.map(({ at: reported, ...entry }) => {
    const at = reported === null ? null : Date.parse(reported);
    return {
      ...entry,
      at: at === null ? null : at + clockShiftMs,
      /** By the POS server's clock, as if it were UTC: as it stands in the log. */
      written: at === null ? null : at + (utcOffsetMinutes ?? 0) * 60_000,
    };
  });
}

/** As `log_excerpt` keeps them. */
export function packEntries(entries: LogExcerpt["entries"]): Buffer {
  return brotliCompressSync(JSON.stringify(entries), {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY },
  });
}
