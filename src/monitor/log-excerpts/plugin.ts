import fp from "fastify-plugin";
import type { Selectable } from "kysely";
import { type LogExcerpt, MAX_EXCERPT_BYTES } from "../../protocol/log-lines.ts";
import { mask } from "../../protocol/mask/mask.ts";
import type { LogExcerptTable } from "../database/tables/request-tables.ts";
import { isHeldBack } from "../installation/restored-copy.ts";
import { readSettings } from "../installation/settings.ts";
import { askOwn } from "../pos-client/ask-own.ts";
import { type AgentFailure, agentFailureOf, isRefusal } from "../requests/agent-failure.ts";
import { createRunner, type Runner } from "../requests/runner.ts";
import { type CallDependencies, readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import { listDueExcerpts, packEntries } from "./find-excerpts.ts";

const AROUND = { before: 10, after: 20, maxBytes: MAX_EXCERPT_BYTES };
/** Later, the lines are of another time. */
const GIVEN_UP_AFTER_MS = 15 * 60_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 120_000;

type Row = Selectable<LogExcerptTable>;

/** A few at once over the whole chain: a common failure is no storm of calls. */
const PLACES = { places: 12, placesEach: 8 };

declare module "fastify" {
  interface FastifyInstance {
    logExcerpts: Runner;
  }
}

/** Fetches the lines around the beginning and the end of errors, as the poller queues them. */
export default fp(
  async (app) => {
    const { db } = app.database;
    const { clock, posClient: client, secretBox } = app;
    const logExcerpts = createRunner({
      db,
      table: "logExcerpt",
      ...PLACES,
      listClaimable: async () => ((await isHeldBack(db)) ? [] : await listDueExcerpts(db, clock())),
      work: createExcerptWork({ db, client, secretBox, clock }),
      log: app.log.child({ part: "log excerpts" }),
      monotonicClock: app.monotonicClock,
    });
    app.decorate("logExcerpts", logExcerpts);
    app.addHook("preClose", async () => await logExcerpts.stop());
  },
  { name: "log-excerpts", dependencies: ["database", "pos-client", "polling"] },
);

/** The runner's work on an excerpt: it is fetched once; after a failure again, with growing pauses. */
function createExcerptWork({ db, client, secretBox, clock }: CallDependencies) {
  return async (id: number, signal: AbortSignal): Promise<void> => {
    const row = await db
      .selectFrom("logExcerpt")
      .selectAll("logExcerpt")
      .where("id", "=", id)
      .where("finishedAt", "is", null)
      .executeTakeFirst();
    if (!row) return;
    if (!(await isStillWanted(row.posServerId))) {
      await db.deleteFrom("logExcerpt").where("id", "=", id).execute();
      return;
    }
    const found = await fetch(row, signal);
    await db
      .updateTable("logExcerpt")
      .set(columnsAfter(row, found, clock()))
      .where("id", "=", id)
      .execute();
  };

  /** It may have been parked meanwhile, or its restaurant has asked for its lines to stay there. */
  async function isStillWanted(posServerId: number): Promise<boolean> {
    const posServer = await db
      .selectFrom("posServer")
      .select("id")
      .where("id", "=", posServerId)
      .where("parked", "=", 0)
      .where("keepsLogLines", "=", 1)
      .executeTakeFirst();
    return posServer !== undefined && (await readSettings(db)).fetchLogLines;
  }

  async function fetch({ posServerId, reportedAt: at, text }: Row, signal: AbortSignal) {
    const called = await readPosServerToCall(db, secretBox, posServerId);
    if (!called.ok) return called.failure;
    const { token } = called.posServer;
    const outcome = await askOwn(
      client,
      called.posServer,
      (posServer) => client.readLogExcerpt(posServer, { at, text, ...AROUND }, signal),
      signal,
    );
    if (!outcome.ok) return agentFailureOf(outcome.failure);
    const { file, entries } = outcome.value;
    // An agent masks them itself.
    const masked = entries.map((entry) => ({
      ...entry,
      text: mask(entry.text, token ? [token] : []),
    }));
    return { file, entries: masked };
  }
}

function columnsAfter(row: Row, found: LogExcerpt | AgentFailure, now: number) {
  if ("entries" in found) {
    const { file, entries } = found;
    const isFound = file !== null && entries.length > 0;
    return {
      file: isFound ? file : null,
      entries: isFound ? packEntries(entries) : null,
      failureCode: null,
      failureDetail: null,
      finishedAt: now,
    };
  }
  const { code: failureCode, detail: failureDetail } = found;
  const attempts = row.attempts + 1;
  // The clock may be set back.
  const isGivenUp = isRefusal(found) || Math.abs(now - row.noticedAt) >= GIVEN_UP_AFTER_MS;
  const dueAt = now + Math.min(FIRST_PAUSE_MS * 2 ** row.attempts, LONGEST_PAUSE_MS);
  return { attempts, failureCode, failureDetail, dueAt, finishedAt: isGivenUp ? now : null };
}
