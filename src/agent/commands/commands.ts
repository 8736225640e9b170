import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { FastifyBaseLogger } from "fastify";
import pLimit from "p-limit";
import type { CommandRefusal } from "../../protocol/commands.ts";
import { DAY_MS } from "../../protocol/time-units.ts";
import { acquireLock, type ReleaseLock } from "../files/lock.ts";
import type { CommandRecord, RecordStore } from "./record-store.ts";

const LOCK_RETRY_MS = 500;
const KEEP_ANSWERS_MS = 30 * DAY_MS;

type BeginOutcome<Report> = { ok: true; report: Report } | { ok: false; refusal: CommandRefusal };

/** The commands of one kind; each is carried out once, and only one of any kind at a time. */
export interface Commands<Order, Report> {
  /** @throws when it cannot be kept on disk; then it does not begin. */
  begin(key: string, order: Order): Promise<BeginOutcome<Report>>;
  read(key: string): Promise<Report | null>;
  /** Continues commands that were interrupted by the end of the agent, and deletes old answers. */
  resume(): Promise<void>;
  isResuming(): Promise<boolean>;
  /** Interrupts running commands; the next start continues them from the journal. */
  close(): Promise<void>;
}

export interface CommandTask<Record> {
  record: Record;
  /** Changes the record and writes it to disk. @throws when it cannot be written. */
  advance(changes: Partial<Record>): Promise<void>;
  /** Likewise, but only logs a failure to write. */
  note(changes: Partial<Record>): Promise<void>;
  /** Aborted when the agent ends. */
  signal: AbortSignal;
  logger: FastifyBaseLogger;
}

interface CommandKind<Order, Record extends { key: string }> {
  name: string;
  store: RecordStore<Record>;
  stateDirectory: string;
  logger: FastifyBaseLogger;
  begin(key: string, order: Order, acceptedAt: string): Record;
  /** Does all that is left, up to the phase `ended`. */
  run(task: CommandTask<Record>): Promise<void>;
  /** Decides how an interrupted command continues; `run` follows. */
  resume(task: CommandTask<Record>): Promise<void>;
}

export function createCommandsOfKind<Order, Report, Record extends CommandRecord<Order, Report>>(
  kind: CommandKind<Order, Record>,
): Commands<Order, Report> {
  const { store, stateDirectory } = kind;
  const closing = new AbortController();
  const running = new Map<string, { record: Record; work: Promise<void> }>();
  // Two calls with one key must not both find it unknown.
  const oneByOne = pLimit(1);
  let isResuming = false;
  const { promise: journalsRead, resolve: haveJournalsRead } = Promise.withResolvers<void>();

  async function find(key: string): Promise<Record | null> {
    return running.get(key)?.record ?? (await store.read(key));
  }

  async function begin(key: string, order: Order): Promise<BeginOutcome<Report>> {
    const known = await find(key);
    if (known) {
      const isSame = isDeepStrictEqual(known.order, order);
      return isSame ? { ok: true, report: known.report } : { ok: false, refusal: "key_reused" };
    }
    await journalsRead;
    const release = isResuming ? null : await acquireLock("command", stateDirectory);
    if (!release) return { ok: false, refusal: "busy" };
    const record = kind.begin(key, order, new Date().toISOString());
    try {
      await store.write(record);
    } catch (error) {
      await release();
      throw error;
    }
    void start(record, release);
    return { ok: true, report: record.report };
  }

  function start(record: Record, release: ReleaseLock, resume?: typeof kind.resume): Promise<void> {
    const work = carryOut(record, release, resume);
    running.set(record.key, { record, work });
    return work;
  }

  async function carryOut(record: Record, release: ReleaseLock, resume?: typeof kind.resume): Promise<void> {
    const logger = kind.logger.child({ command: kind.name, key: record.key });
    logger.info({ order: record.order, phase: record.phase }, "command begins");
    let isKept = true;
    const advance = async (changes: Partial<Record>) => {
      Object.assign(record, changes);
      logger.info({ phase: record.phase, report: record.report }, "command goes on");
      isKept = false;
      await store.write(record);
      isKept = true;
    };
    const note = (changes: Partial<Record>) =>
      advance(changes).catch((error: unknown) => logger.error({ err: error }, "journal cannot be written"));
    try {
      const task = { record, advance, note, signal: closing.signal, logger };
      await resume?.(task);
      await kind.run(task);
      logger.info({ report: record.report }, "command has ended");
    } catch (error) {
      if (closing.signal.aborted) logger.warn({ phase: record.phase }, "left to the next start of the agent");
      else logger.error({ err: error, phase: record.phase }, "command is cut short");
    } finally {
      await release();
      // A record that could not be written is answered from memory.
      if (isKept) running.delete(record.key);
    }
  }

  async function resume(): Promise<void> {
    const unfinished = await readUnfinished(kind);
    isResuming = unfinished.length > 0;
    haveJournalsRead();
    for (const record of unfinished) {
      try {
        await resumeRecord(record);
      } catch (error) {
        if (closing.signal.aborted) return;
        kind.logger.error({ err: error, command: kind.name, key: record.key }, "command cannot be resumed");
      }
    }
    isResuming = false;
  }

  async function resumeRecord(record: Record): Promise<void> {
    closing.signal.throwIfAborted();
    let release = await acquireLock("command", stateDirectory);
    while (!release) {
      await delay(LOCK_RETRY_MS, undefined, { signal: closing.signal });
      release = await acquireLock("command", stateDirectory);
    }
    await start(record, release, kind.resume);
  }

  async function close(): Promise<void> {
    closing.abort(new Error("The agent ends"));
    await Promise.all([...running.values()].map(({ work }) => work));
  }

  return {
    begin: (key, order) => oneByOne(() => begin(key, order)),
    read: async (key) => (await find(key))?.report ?? null,
    resume,
    async isResuming() {
      await journalsRead;
      return isResuming;
    },
    close,
  };
}

async function readUnfinished<Order, Record extends CommandRecord<Order, unknown>>({
  store,
  logger,
  name,
}: CommandKind<Order, Record>): Promise<Record[]> {
  const unfinished: Record[] = [];
  const keys = await store.list().catch((error: unknown) => {
    logger.error({ err: error, command: name }, "journals cannot be read");
    return [];
  });
  for (const key of keys) {
    try {
      const record = await store.read(key);
      if (record && record.phase !== "ended") unfinished.push(record);
      else if (record && isOld(record)) await store.remove(key);
    } catch (error) {
      logger.error({ err: error, command: name, key }, "journal of a command cannot be read");
    }
  }
  return unfinished;
}

function isOld({ acceptedAt }: { acceptedAt: string }): boolean {
  return Date.now() - Date.parse(acceptedAt) > KEEP_ANSWERS_MS;
}
