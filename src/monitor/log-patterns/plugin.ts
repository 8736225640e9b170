import type { FastifyBaseLogger } from "fastify";
import fp from "fastify-plugin";
import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import { isHeldBack } from "../installation/restored-copy.ts";
import { PosClientClosedError } from "../pos-client/calls/call-error.ts";
import type { CallDependencies } from "../restaurants/pos-server-to-call.ts";
import { listUntaught } from "./sending/list-untaught.ts";
import { type SendingOutcome, sendPatterns } from "./sending/send-patterns.ts";
import { readSetsInForce, type SetsInForce } from "./sets/sets-in-force.ts";

/** Agents at once, each over its own connection. */
const PLACES = 16;
const SETS_MAX_AGE_MS = 60_000;

interface SenderOptions extends Omit<CallDependencies, "db"> {
  database: OpenDatabase;
  log: FastifyBaseLogger;
}

type Sender = ReturnType<typeof createSender>;

declare module "fastify" {
  interface FastifyInstance {
    logPatterns: Sender;
  }
}

export default fp(
  async (app) => {
    const { database, clock, posClient: client, secretBox } = app;
    const log = app.log.child({ part: "log patterns" });
    const sender = createSender({ database, client, secretBox, clock, log });
    app.decorate("logPatterns", sender);
    app.addHook("preClose", () => sender.stop());
  },
  { name: "log-patterns", dependencies: ["database", "fleet", "pos-client", "polling"] },
);

/** Sends agents the patterns in force. The database says which are left; `tick` is called about once a second. */
function createSender({ database, log, ...dependencies }: SenderOptions) {
  const { db } = database;
  const { clock } = dependencies;
  const keepSets = keepFindings<SetsInForce>({ database, maxKept: 1, maxAgeMs: SETS_MAX_AGE_MS, clock });
  const stopping = new AbortController();
  const underWay = new Map<number, Promise<SendingOutcome>>();

  return { tick, sendNow, idle, stop };

  async function tick(): Promise<void> {
    const places = PLACES - underWay.size;
    if (stopping.signal.aborted || places <= 0 || (await isHeldBack(db))) return;
    const sets = await keepSets("sets", () => readSetsInForce(db));
    for (const id of await listUntaught(db, sets, clock(), PLACES)) {
      if (underWay.size >= PLACES) return;
      if (!underWay.has(id)) start(id).catch((error: unknown) => noteDefect(id, error));
    }
  }

  async function sendNow(posServerId: number): Promise<SendingOutcome> {
    if (await isHeldBack(db)) return { code: "restored_copy", detail: "" };
    await underWay.get(posServerId)?.catch(() => undefined); // it may be sending older patterns
    return await start(posServerId);
  }

  function start(posServerId: number): Promise<SendingOutcome> {
    const sending = sendPatterns({ ...dependencies, db }, posServerId, stopping.signal).finally(() => {
      if (underWay.get(posServerId) === sending) underWay.delete(posServerId);
    });
    underWay.set(posServerId, sending);
    return sending;
  }

  function noteDefect(posServerId: number, error: unknown): void {
    if (stopping.signal.aborted || error instanceof PosClientClosedError) return;
    log.error({ err: error, posServerId }, "Log patterns could not be sent");
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled(underWay.values());
  }

  async function stop(): Promise<void> {
    stopping.abort(new PosClientClosedError());
    await idle();
  }
}
