import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import { LRUCache } from "lru-cache";
import type { LogKind, LogKinds, LogPatternTrial, TaughtPatterns } from "../../../protocol/log-patterns.ts";
import { mask } from "../../../protocol/mask/mask.ts";
import { DAY_MS } from "../../../protocol/time-units.ts";
import { mapTexts } from "../../../protocol/visible-text.ts";
import { askOwn } from "../../pos-client/ask-own.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome } from "../../pos-client/client.ts";
import { type AgentFailure, agentFailureOf } from "../../requests/agent-failure.ts";
import { periodByItsClock } from "../../restaurants/pos-server-clock.ts";
import { type CallDependencies, readPosServerToCall } from "../../restaurants/pos-server-to-call.ts";

const MAX_KEPT = 50;
/** Marking lines takes time, in which the lines of a day hardly change. */
const KEPT_MS = 30 * 60_000;
const ID_LENGTH = 12;
/** Words of lines about an exchange. */
const ABOUT_EXCHANGE =
  /обмен|синхрон|репликац|exchang|sync|replic|главн\S* сервер|центральн|main server|head office|\bhq\b|loyal|лояльн/i;
/** Words of what may be an exchange by another name, and of guests and tills. */
const OF_ROUNDS =
  /cycle|session|round|batch|upload|download|revision|цикл|сеанс|сесси|выгруз|загруз|пакет|ревизи/i;
const OF_GUESTS = /\b(?:guest|card|till|order|receipt|phone)s?\b|гост|карт|касс|заказ|чек|телефон/i;

/** Lines that differ only in folded parts, of any level. Times are ms UTC of the monitor's clock. */
export interface SeenKind {
  /** Derived from the text. */
  id: string;
  text: string;
  levels: string[];
  count: number;
  example: string;
  lastAt: number | null;
  /** What the agent reads in it; null = nothing, or it depends on the level. */
  says: NonNullable<LogKind["says"]> | null;
}

export interface SeenKinds {
  /** Those about an exchange first, then about rounds of any kind, those about guests last; the most frequent first. */
  kinds: SeenKind[];
  lines: number;
  isCut: boolean;
}

export type Asked<T> = { ok: true; value: T } | { ok: false; failure: AgentFailure };

export interface AskLogs {
  questions: ReturnType<typeof createLogQuestions>;
  /** Works in turn with others; `left` = the browser has gone. */
  inPlace: <T>(reply: FastifyReply, work: (signal: AbortSignal) => Promise<T>) => Promise<T | "left">;
}

/** Masks guests once more. Another CrmId is refused, as for its logs. */
export function createLogQuestions({ db, secretBox, client, clock }: CallDependencies) {
  const kept = new LRUCache<number, { seen: SeenKinds; at: number }>({ max: MAX_KEPT });

  return {
    /** Of the last day; kept for a while unless `isFresh`. */
    async kinds(
      { id, clockShiftMs }: { id: number; clockShiftMs: number | null },
      isFresh: boolean,
      signal: AbortSignal,
    ): Promise<Asked<SeenKinds>> {
      const called = await findCalled(id);
      if (!called.ok) return called;
      const now = clock();
      const known = kept.get(id);
      if (known && !isFresh && Math.abs(now - known.at) < KEPT_MS) return { ok: true, value: known.seen };
      const shiftMs = clockShiftMs ?? 0;
      const period = periodByItsClock({ fromAt: now - DAY_MS, toAt: now }, shiftMs);
      const asked = await ask(called.value, signal, (posServer) =>
        client.listLogKinds(posServer, period, signal),
      );
      if (!asked.ok) return asked;
      const seen = seenKinds(asked.value, shiftMs);
      kept.set(id, { seen, at: now });
      return { ok: true, value: seen };
    },
    async tryPatterns(
      id: number,
      patterns: TaughtPatterns,
      signal: AbortSignal,
    ): Promise<Asked<LogPatternTrial>> {
      const called = await findCalled(id);
      if (!called.ok) return called;
      const asked = await ask(called.value, signal, (posServer) =>
        client.tryLogPatterns(posServer, patterns, signal),
      );
      return asked.ok ? { ok: true, value: mapTexts(asked.value, mask) } : asked;
    },
  };

  async function findCalled(id: number): Promise<Asked<PosServer>> {
    const called = await readPosServerToCall(db, secretBox, id);
    if (called.isParked) return { ok: false, failure: { code: "parked", detail: "" } };
    return called.ok ? { ok: true, value: called.posServer } : called;
  }

  async function ask<T>(
    posServer: PosServer,
    signal: AbortSignal,
    call: (posServer: PosServer) => Promise<CallOutcome<T>>,
  ): Promise<Asked<T>> {
    const outcome = await askOwn(client, posServer, call, signal);
    return outcome.ok ? outcome : { ok: false, failure: agentFailureOf(outcome.failure) };
  }
}

/** Whether no line begins with a readable time, so that old lines cannot be told from new ones. */
export function isUntimed({ kinds }: SeenKinds): boolean {
  return kinds.length > 0 && kinds.every(({ lastAt }) => lastAt === null);
}

export function kindId(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, ID_LENGTH);
}

/** Joins kinds that differ only in their level, which patterns do not see. */
function seenKinds({ kinds, lines, isCut }: LogKinds, clockShiftMs: number): SeenKinds {
  const seen = new Map<string, SeenKind>();
  for (const kind of kinds) {
    const text = mask(kind.text);
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
    const example = mask(kind.example);
    seen.set(text, { id: kindId(text), text, levels, count, example, lastAt, says });
  }
  const rank = ({ text, example }: SeenKind) => {
    if (ABOUT_EXCHANGE.test(`${text} ${example}`)) return 0;
    return OF_ROUNDS.test(text) ? 1 : OF_GUESTS.test(text) ? 3 : 2;
  };
  const inOrder = [...seen.values()].sort((a, b) => rank(a) - rank(b) || b.count - a.count);
  return { kinds: inOrder, lines, isCut };
}
