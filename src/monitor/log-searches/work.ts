import type { FastifyBaseLogger } from "fastify";
import { createResultWriter } from "../polling/result-writer.ts";
import { WorkEndedError } from "../requests/runner.ts";
import type { CallDependencies } from "../restaurants/pos-server-to-call.ts";
import { askAgent, type ItemResult } from "./ask-agent.ts";
import { type FoundSearch, isAsking } from "./searches.ts";

/** Asked at once over all searches; POS servers whose last poll failed have places of their own, so that they delay nobody. */
const PLACES = { quick: 64, slow: 16 };
type Lane = keyof typeof PLACES;
const LANES: readonly Lane[] = ["quick", "slow"];
/** So long a search goes on after the last look at its page. */
const LOOKED_AT_FOR_MS = 30_000;

interface Run {
  search: FoundSearch;
  ending: AbortController;
  /** By the monotonic clock. */
  lookedAt: number;
  /** Not asked yet; the last comes first. */
  waiting: Record<Lane, number[]>;
  /** Busy agents, by when they may be asked again (monotonic ms). */
  later: Map<number, number>;
  /** POS servers asked a second time. One that answers polls but no search is not asked a third time. */
  askedAgain: Set<number>;
  asking: number;
}

interface WorkOptions extends CallDependencies {
  log: FastifyBaseLogger;
  monotonicClock: () => number;
}

export type LogSearchWork = ReturnType<typeof createLogSearchWork>;

/**
 * Has agents search while somebody looks. A row is queued until its answer is saved, so that whatever was interrupted is
 * asked again. Call `tick` about once a second.
 */
export function createLogSearchWork(options: WorkOptions) {
  const { db, log, clock, monotonicClock } = options;
  const runs = new Map<number, Run>();
  const busy: Record<Lane, number> = { quick: 0, slow: 0 };
  const underWay = new Set<Promise<void>>();
  const writer = createResultWriter<{ run: Run; posServerId: number; result: ItemResult }>(
    async (results) =>
      await db.transaction().execute(async (trx) => {
        for (const { run, posServerId, result } of results)
          await trx
            .updateTable("logSearchItem")
            .set(result)
            .where("logSearchId", "=", run.search.id)
            .where("posServerId", "=", posServerId)
            .execute();
      }),
    (error) => log.error({ err: error }, "What agents found could not be saved"),
  );
  let isStopped = false;

  return { look, tick, end, idle, stop };

  /** Somebody looks at the page of a search that is not over: the only one of this person. */
  function look(search: FoundSearch): void {
    const now = monotonicClock();
    for (const { search: other } of runs.values())
      if (other.userId === search.userId && other.id !== search.id) end(other.id);
    const known = runs.get(search.id);
    if (known) known.lookedAt = now;
    if (known || isStopped) return;
    const run: Run = {
      search,
      ending: new AbortController(),
      lookedAt: now,
      waiting: { quick: [], slow: [] },
      later: new Map(),
      askedAgain: new Set(),
      asking: 0,
    };
    runs.set(search.id, run);
    follow(fill(run));
  }

  /** The worst come first: they say most likely what was searched for. */
  async function fill(run: Run): Promise<void> {
    await writer.flush();
    const rows = await db
      .selectFrom("logSearchItem")
      .innerJoin("posStatus", "posStatus.posServerId", "logSearchItem.posServerId")
      .select(["logSearchItem.posServerId", "failedPolls"])
      .where("logSearchId", "=", run.search.id)
      .where("status", "=", "queued")
      .orderBy("stateRank", "desc")
      .orderBy("logSearchItem.posServerId", "desc")
      .execute();
    for (const { posServerId, failedPolls } of rows)
      run.waiting[failedPolls > 0 ? "slow" : "quick"].push(posServerId);
    pump();
  }

  async function tick(): Promise<void> {
    for (const run of runs.values()) {
      const isLookedAt = monotonicClock() - run.lookedAt <= LOOKED_AT_FOR_MS;
      if (!isLookedAt || !isAsking(run.search, clock())) end(run.search.id);
      else await welcomeBack(run);
      for (const [id, at] of run.later) {
        if (at > monotonicClock()) continue;
        run.later.delete(id);
        run.waiting.quick.push(id);
      }
    }
    pump();
  }

  /** Those that have answered a poll since they were away. */
  async function welcomeBack(run: Run): Promise<void> {
    const back = await db
      .updateTable("logSearchItem")
      .set({ status: "queued", code: null, detail: null })
      .where("logSearchId", "=", run.search.id)
      .where("status", "=", "away")
      .where("posServerId", "not in", [...run.askedAgain])
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom("posStatus")
            .select("posStatus.posServerId")
            .whereRef("posStatus.posServerId", "=", "logSearchItem.posServerId")
            .where("failedPolls", "=", 0)
            .whereRef("lastUpdateAt", ">", "askedAt"),
        ),
      )
      .returning("posServerId")
      .execute();
    for (const { posServerId } of back) {
      run.askedAgain.add(posServerId);
      run.waiting.slow.push(posServerId);
    }
  }

  /** Gives every free place to the search that has fewest. */
  function pump(): void {
    for (const lane of LANES) {
      while (busy[lane] < PLACES[lane]) {
        const [run] = [...runs.values()]
          .filter(({ waiting }) => waiting[lane].length > 0)
          .sort((one, other) => one.asking - other.asking);
        const posServerId = run?.waiting[lane].pop();
        if (!run || posServerId === undefined) break;
        busy[lane]++;
        run.asking++;
        follow(
          ask(run, posServerId).finally(() => {
            busy[lane]--;
            run.asking--;
            pump();
          }),
        );
      }
    }
  }

  async function ask(run: Run, posServerId: number): Promise<void> {
    const { signal } = run.ending;
    try {
      const result = await askAgent(options, run.search, posServerId, signal);
      if ("againAfterMs" in result) run.later.set(posServerId, monotonicClock() + result.againAfterMs);
      else writer.add({ run, posServerId, result });
    } catch (error) {
      if (signal.aborted || isStopped) return;
      log.error({ err: error, posServerId }, "A search of a log ended with an unexpected error");
      const result = { status: "failed", code: "unexpected", askedAt: clock() } as const;
      writer.add({ run, posServerId, result });
    }
  }

  /** Agents that are asked stop too. */
  function end(id: number): void {
    runs.get(id)?.ending.abort(new WorkEndedError("nobody waits for this search"));
    runs.delete(id);
  }

  function follow(work: Promise<void>): void {
    const followed = work
      .catch((error) => log.error({ err: error }, "A search of logs could not go on"))
      .finally(() => underWay.delete(followed));
    underWay.add(followed);
  }

  /** All that was begun has ended and is saved. */
  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
    await writer.flush();
  }

  async function stop(): Promise<void> {
    isStopped = true;
    for (const id of runs.keys()) end(id);
    await idle();
  }
}
