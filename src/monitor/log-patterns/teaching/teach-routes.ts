import type { FastifyInstance, FastifyReply } from "fastify";
import type { LogPatternTrial } from "../../../protocol/log-patterns.ts";
import type { Db } from "../../database/schema.ts";
import type { WithId } from "../../forms/fields.ts";
import { findAskedPosServer, type ShownPosServer } from "../../restaurants/find-pos-server.ts";
import type { SendingOutcome } from "../sending/send-patterns.ts";
import { NO_PATTERNS } from "../sets/compose-patterns.ts";
import { setOf, teachLogPatterns } from "../sets/pattern-sets.ts";
import { readSetsInForce, type SetsInForce } from "../sets/sets-in-force.ts";
import { checkForm, checkRefusal, checkTrial, compileAsked } from "./check-form.ts";
import { markKinds, withKinds } from "./marked-patterns.ts";
import { type ShownTeaching, teachingModel } from "./page-model.ts";
import { type Asked, type AskLogs, isUntimed, type SeenKinds } from "./seen-kinds.ts";
import { TAUGHT } from "./taught-notice.ts";
import { MAX_TEACHING_FORM_BYTES, readTeachingForm, type TeachingForm } from "./teaching-form.ts";

/** `/pos-servers/:id/log-patterns`: administrators say what the lines of its log mean; `/log-pattern-trials` tries it. */
export async function teachLogRoutes(app: FastifyInstance, { questions, inPlace }: AskLogs): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const form = { ...access, bodyLimit: MAX_TEACHING_FORM_BYTES };

  app.get<WithId>("/pos-servers/:id/log-patterns", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const asked = await askForKinds(reply, posServer, true);
    if (asked === "left") return reply.code(499).send();
    const sets = await readSetsInForce(db, posServer.id);
    const basis = sets.own.has(posServer.id) ? "own" : "all";
    const patterns = setOf(sets, basis, posServer.id)?.patterns ?? NO_PATTERNS;
    const marked = markKinds(patterns, asked.ok ? asked.value.kinds : []);
    const isAskedForTime = asked.ok && isUntimed(asked.value);
    const isAlike = sets.ofAll ? posServer.logsUnmatched !== 1 : await isUnreadByMost(db);
    const filled: TeachingForm = {
      ...marked,
      scope: basis === "own" || !isAlike || isAskedForTime ? "own" : "all",
      basis,
      search: "",
      confirmed: new Set<string>(),
      timestamp: patterns.timestamp ?? "",
      seen: seenIn(sets, posServer.id),
    };
    return await show(reply, { posServer, form: filled, asked, problems: {}, trial: null });
  });

  /** Reloading a trial begins again. */
  app.get<WithId>(
    "/pos-servers/:id/log-pattern-trials",
    { config: { ...access.config, isFormAddress: true }, exposeHeadRoute: false },
    async (request, reply) =>
      reply.redirect(`/pos-servers/${encodeURIComponent(request.params.id)}/log-patterns`, 303),
  );

  app.post<WithId>("/pos-servers/:id/log-pattern-trials", form, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { step, ...sent } = readTeachingForm(request.body);
    const asked = await askForKinds(reply, posServer);
    if (asked === "left") return reply.code(499).send();
    const form = follow(sent, asked, step === "move");
    const shown = { posServer, form, asked, problems: {}, trial: null };
    if (step === "search" || step === "move" || !asked.ok) return await show(reply, shown);
    const tried = await tryForm(reply, posServer, form, asked.value.kinds);
    if (tried === "left") return reply.code(499).send();
    const { problems, trial } = tried;
    return await show(hasAny(problems) ? reply.code(422) : reply, { ...shown, problems, trial });
  });

  app.post<WithId>("/pos-servers/:id/log-patterns", form, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const asked = await askForKinds(reply, posServer);
    if (asked === "left") return reply.code(499).send();
    const form = follow(readTeachingForm(request.body), asked);
    const shown = { posServer, form, asked, problems: {}, trial: null };
    if (!asked.ok) return await show(reply.code(409), shown);
    const tried = await tryForm(reply, posServer, form, asked.value.kinds);
    if (tried === "left") return reply.code(499).send();
    const { checked, trial } = tried;
    // The meaning of lines is asked when their times can be read.
    const isOfTime = isUntimed(asked.value);
    const problems =
      trial?.ok && !isOfTime ? checkTrial(trial.value, checked, form, asked.value.kinds) : tried.problems;
    if (hasAny(problems)) return await show(reply.code(422), { ...shown, problems, trial });
    if (!trial?.ok) return await show(reply.code(409), { ...shown, trial });
    const { scope, basis, seen } = form;
    const wanted = { scope, basis, seen, patterns: checked.set, source: posServer };
    const changed = await teachLogPatterns(db, request.actor(), wanted, app.clock());
    if (changed !== null) {
      const inForce = await readSetsInForce(db, posServer.id);
      const set = setOf(inForce, changed, posServer.id);
      const isNewer = set !== null && set.id > (seen[changed] ?? 0);
      const meanwhile = { scope: changed, taught: isNewer ? set : null };
      const again = { ...form, seen: seenIn(inForce, posServer.id) };
      return await show(reply.code(409), { ...shown, form: again, trial, meanwhile });
    }
    const failure = await app.logPatterns.sendNow(posServer.id);
    if (isOfTime && failure === null) return reply.leadTo(`/pos-servers/${posServer.id}/log-patterns`);
    return await lead(reply, posServer, trial.value, failure);
  });

  function askForKinds(reply: FastifyReply, posServer: ShownPosServer, isFresh = false) {
    return inPlace(reply, (signal) => questions.kinds(posServer, isFresh, signal));
  }

  async function tryForm(
    reply: FastifyReply,
    shown: ShownPosServer,
    form: TeachingForm,
    kinds: SeenKinds["kinds"],
  ) {
    const checked = checkForm(form, kinds, await readSetsInForce(db), shown.id);
    const problems = hasAny(checked.problems)
      ? checked.problems
      : await inPlace(reply, (signal) => compileAsked(checked, signal));
    if (problems === "left") return problems;
    if (hasAny(problems)) return { checked, problems, trial: null };
    const trial = await inPlace(reply, (signal) => questions.tryPatterns(shown.id, checked.composed, signal));
    if (trial === "left") return trial;
    return { checked, problems: trial.ok ? problems : checkRefusal(trial.failure, checked), trial };
  }

  async function lead(
    reply: FastifyReply,
    posServer: ShownPosServer,
    { succeeded }: LogPatternTrial,
    failure: SendingOutcome,
  ) {
    const { ok: isReported } = await app.pollNow(posServer.id);
    const shiftMs = posServer.clockShiftMs ?? 0;
    const lastAt = succeeded.last?.at ? Date.parse(succeeded.last.at) + shiftMs : null;
    return reply.flash(`/pos-servers/${posServer.id}`, TAUGHT, {
      failure,
      isReported,
      lastAt,
      count: succeeded.count,
    });
  }

  async function show(reply: FastifyReply, shown: Omit<ShownTeaching, "meanwhile"> & Partial<ShownTeaching>) {
    const model = teachingModel(reply.request.viewer, { meanwhile: null, ...shown }, app.clock());
    return await reply.page("log-patterns/page", model);
  }
}

function follow(form: TeachingForm, asked: Asked<SeenKinds>, movesAll = false): TeachingForm {
  return asked.ok ? { ...form, ...withKinds(form, asked.value.kinds, movesAll) } : form;
}

function seenIn(sets: SetsInForce, posServerId: number): TeachingForm["seen"] {
  return {
    all: setOf(sets, "all", posServerId)?.id ?? null,
    own: setOf(sets, "own", posServerId)?.id ?? null,
  };
}

function hasAny(problems: object): boolean {
  return Object.keys(problems).length > 0;
}

/** Whether most POS servers have logs that nobody can read, so that patterns are for all. */
async function isUnreadByMost(db: Db): Promise<boolean> {
  const { unread, all } = await db
    .selectFrom("posStatus")
    .select(({ fn }) => [fn.sum<number>("logsUnmatched").as("unread"), fn.countAll<number>().as("all")])
    .where("standing", "=", "active")
    .executeTakeFirstOrThrow();
  return unread * 2 > all;
}
