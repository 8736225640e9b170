import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { LogKind, LogKinds, LogPatternTrial, TaughtPatterns } from "../../../protocol/log-patterns.ts";
import { maskGuestData, maskNames } from "../../../protocol/mask-guest-data.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome, PosClient } from "../../pos-client/client.ts";
import { periodByItsClock } from "../../restaurants/period-by-its-clock.ts";
import type { Places } from "../../workers/places.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import { type TeachingFailure, teachingFailureOf } from "../sending/teaching-failure.ts";

const DAY_MS = 86_400_000;
const MAX_KEPT = 50;
/** Whoever marks lines takes their time; the lines of a day are much the same then. */
const KEPT_MS = 30 * 60_000;
const ID_LENGTH = 12;
/** What lines about an exchange have, in whichever language they are. */
const ABOUT_EXCHANGE =
  /обмен|синхрон|репликац|exchang|sync|replic|главн\S* сервер|центральн|main server|head office|\bhq\b|loyal|лояльн/i;
/** What may be one by another name, and what is about guests and tills. */
const OF_ROUNDS =
  /cycle|session|round|batch|upload|download|revision|цикл|сеанс|сесси|выгруз|загруз|пакет|ревизи/i;
const OF_GUESTS = /\b(?:guest|card|till|order|receipt|phone)s?\b|гост|карт|касс|заказ|чек|телефон/i;

/** Lines of a log that differ only in what was folded, of whichever levels. Times are ms UTC by the monitor's clock. */
export interface SeenKind {
  /** The same for the same text. */
  id: string;
  text: string;
  levels: string[];
  count: number;
  example: string;
  lastAt: number | null;
  /** What the agent reads in it; null = nothing, or different things by their levels. */
  says: NonNullable<LogKind["says"]> | null;
}

export interface SeenKinds {
  /** Those with words about exchange first, then about rounds of any kind, those about guests last; then the most frequent. */
  kinds: SeenKind[];
  lines: number;
  isCut: boolean;
}

export type Asked<T> = { ok: true; value: T } | { ok: false; failure: TeachingFailure };

/**
 * What agents say of their logs; guests are masked once more. Those that turn out to be another organization's are refused, as
 * their logs are.
 */
export interface LogQuestions {
  /** The kinds of lines of the last day, as they were lately unless `isFresh`. */
  kinds(
    posServer: PosServer,
    clockShiftMs: number,
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<Asked<SeenKinds>>;
  tryPatterns(
    posServer: PosServer,
    patterns: TaughtPatterns,
    signal: AbortSignal,
  ): Promise<Asked<LogPatternTrial>>;
}

/** How logs are asked for, in turn. */
export interface AskLogs {
  questions: LogQuestions;
  places: Places;
}

export function createLogQuestions(client: PosClient, clock: () => number): LogQuestions {
  const kept = new LRUCache<number, { seen: SeenKinds; at: number }>({ max: MAX_KEPT });

  return {
    async kinds(posServer, clockShiftMs, isFresh, signal) {
      const now = clock();
      const known = kept.get(posServer.id);
      if (known && !isFresh && Math.abs(now - known.at) < KEPT_MS) return { ok: true, value: known.seen };
      const period = periodByItsClock({ fromAt: now - DAY_MS, toAt: now }, clockShiftMs);
      const outcome = await askOwn(posServer, signal, () => client.listLogKinds(posServer, period, signal));
      if (!outcome.ok) return { ok: false, failure: teachingFailureOf(outcome.failure) };
      const seen = seenKinds(outcome.value, clockShiftMs);
      kept.set(posServer.id, { seen, at: now });
      return { ok: true, value: seen };
    },
    async tryPatterns(posServer, patterns, signal) {
      const outcome = await askOwn(posServer, signal, () =>
        client.tryLogPatterns(posServer, patterns, signal),
      );
      return outcome.ok
        ? { ok: true, value: maskedTrial(outcome.value) }
        : { ok: false, failure: teachingFailureOf(outcome.failure) };
    },
  };

  /** What is said of a log does not say whose it is: only the status does. */
  async function askOwn<T>(
    posServer: PosServer,
    signal: AbortSignal,
    ask: () => Promise<CallOutcome<T>>,
  ): Promise<CallOutcome<T>> {
    const [status, outcome] = await Promise.all([whileWanted(client.fetchStatus(posServer), signal), ask()]);
    return status.ok ? outcome : status;
  }
}

/** Whether no line begins with a time that can be read: what such lines tell cannot be told from what is long past. */
export function isUntimed({ kinds }: SeenKinds): boolean {
  return kinds.length > 0 && kinds.every(({ lastAt }) => lastAt === null);
}

/** Names a kind of lines by its text. */
export function kindId(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, ID_LENGTH);
}

/** Kinds as they are shown: a pattern does not see levels, so that those that differ in nothing else are one. */
function seenKinds({ kinds, lines, isCut }: LogKinds, clockShiftMs: number): SeenKinds {
  const seen = new Map<string, SeenKind>();
  for (const kind of kinds) {
    const text = masked(kind.text);
    const lastAt = kind.lastAt === null ? null : Date.parse(kind.lastAt) + clockShiftMs;
    const known = seen.get(text);
    if (known) {
      known.count += kind.count;
      if (known.says?.kind !== kind.says?.kind) known.says = null;
      if (kind.level !== null && !known.levels.includes(kind.level)) known.levels.push(kind.level);
      if (lastAt !== null) known.lastAt = Math.max(known.lastAt ?? lastAt, lastAt);
      continue;
    }
    const levels = kind.level === null ? [] : [kind.level];
    const { count, says = null } = kind;
    const example = masked(kind.example);
    seen.set(text, { id: kindId(text), text, levels, count, example, lastAt, says });
  }
  const rank = ({ text, example }: SeenKind) => {
    if (ABOUT_EXCHANGE.test(`${text} ${example}`)) return 0;
    return OF_ROUNDS.test(text) ? 1 : OF_GUESTS.test(text) ? 3 : 2;
  };
  const inOrder = [...seen.values()].sort((a, b) => rank(a) - rank(b) || b.count - a.count);
  return { kinds: inOrder, lines, isCut };
}

function maskedTrial(trial: LogPatternTrial): LogPatternTrial {
  const maskedOf = (tried: LogPatternTrial["failed"]) =>
    tried.last ? { ...tried, last: { ...tried.last, text: masked(tried.last.text) } } : tried;
  return {
    ...trial,
    attempted: maskedOf(trial.attempted),
    succeeded: maskedOf(trial.succeeded),
    failed: maskedOf(trial.failed),
    contradictions: maskedOf(trial.contradictions),
  };
}

function masked(text: string): string {
  return maskNames(maskGuestData(text));
}
