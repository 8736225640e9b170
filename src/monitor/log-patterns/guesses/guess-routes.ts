import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import { GUESSES_URL } from "../../fleet/evidence.ts";
import { readForm, readId, Text, Texts } from "../../forms/fields.ts";
import { agentFailureInWords } from "../../requests/agent-failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { composePatterns, findOverfull, NO_PATTERNS, withinLimits } from "../sets/compose-patterns.ts";
import { teachLogPatterns } from "../sets/pattern-sets.ts";
import { readSetsInForce } from "../sets/sets-in-force.ts";
import { SETS_URL } from "../settings/sets-model.ts";
import { checkTrial, compileAsked, type TeachingProblems } from "../teaching/check-form.ts";
import type { AskLogs } from "../teaching/seen-kinds.ts";
import { MAX_TEACHING_FORM_BYTES } from "../teaching/teaching-form.ts";
import {
  type AskedPosServer,
  confirmed,
  GUESSED_KINDS,
  type GuessedLine,
  listWhomToAsk,
  mergeGuesses,
  readLines,
  writeLine,
} from "./guessed-lines.ts";

const ConfirmationForm = Type.Object({ line: Texts, source: Text, seen: Text });

/** `/settings/log-patterns/guesses`: asks once for the whole chain whether lines mean what agents guess. */
export async function guessRoutes(app: FastifyInstance, { questions, inPlace }: AskLogs): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get(GUESSES_URL, access, async (_request, reply) => await show(reply, null));

  app.post(GUESSES_URL, { ...access, bodyLimit: MAX_TEACHING_FORM_BYTES }, async (request, reply) => {
    const { viewer, body } = request;
    const fields = readForm(ConfirmationForm, body);
    const lines = readLines(fields.line);
    const source = (await listWhomToAsk(db)).find(({ id }) => id === readId(fields.source));
    if (!source || lines.length === 0) return reply.leadTo(GUESSES_URL);
    const { ofAll } = await readSetsInForce(db);
    const patterns = confirmed(ofAll, lines);
    const problem = await inPlace(reply, (signal) => findProblem(viewer, source, patterns, signal));
    if (problem === "left") return reply.code(499).send();
    if (problem) return await show(reply.code(422), problem.text);
    const seen = { all: readId(fields.seen), own: null };
    const wanted = { scope: "all", basis: "all", patterns, source, seen } as const;
    const changed = await teachLogPatterns(db, request.actor(), wanted, app.clock());
    if (changed !== null) return await show(reply.code(409), viewer.t("evidence.changed"));
    return reply.leadTo(`${SETS_URL}?notice=confirmed`);
  });

  async function show(reply: FastifyReply, problem: string | null) {
    const { viewer } = reply.request;
    const { t } = viewer;
    const whom = await listWhomToAsk(db);
    const answers = await inPlace(reply, (signal) =>
      Promise.all(whom.map((posServer) => questions.kinds(posServer, false, signal))),
    );
    if (answers === "left") return reply.code(499).send();
    const read = answers.flatMap((answer) => (answer.ok ? [answer.value.kinds] : []));
    const failure = answers.flatMap((answer) => (answer.ok ? [] : [answer.failure]))[0];
    const lines = mergeGuesses(read);
    const source = whom[answers.findIndex(({ ok }) => ok)];
    return await reply.page("log-patterns/guesses", {
      problem,
      path: GUESSES_URL,
      settingsUrl: SETS_URL,
      failure: failure && read.length === 0 ? agentFailureInWords(viewer, failure) : null,
      seen: (await readSetsInForce(db)).ofAll?.id ?? "",
      source: source?.id ?? "",
      teachUrl: source ? `/pos-servers/${source.id}/log-patterns` : null,
      extent: t("evidence.extent", { count: read.length, all: whom[0]?.all ?? 0 }),
      question: questionOf(viewer, lines),
      groups: GUESSED_KINDS.map((kind) => groupOf(viewer, kind, lines)).filter(({ rows }) => rows.length > 0),
    });
  }

  /** null = no problem. */
  async function findProblem(
    viewer: Viewer,
    source: AskedPosServer,
    set: TaughtPatterns,
    signal: AbortSignal,
  ): Promise<{ text: string } | null> {
    const composed = withinLimits(composePatterns(null, set) ?? NO_PATTERNS);
    if (findOverfull(set).length > 0) return inWords(viewer, { form: { key: "overfull" } });
    const problems = await compileAsked({ set, composed, marked: [], problems: {} }, signal);
    if (Object.keys(problems).length > 0) return inWords(viewer, problems);
    const trial = await questions.tryPatterns(source.id, composed, signal);
    if (!trial.ok) return { text: agentFailureInWords(viewer, trial.failure) };
    const unmarked = { choices: new Map(), confirmed: new Set<string>() };
    return inWords(viewer, checkTrial(trial.value, { marked: [] }, unmarked, []));
  }
}

function inWords({ t }: Viewer, problems: TeachingProblems): { text: string } | null {
  const [problem] = Object.values(problems);
  if (!problem) return null;
  const words = t(`logPatterns.problem.${problem.key}`);
  const { pattern } = problem;
  return { text: pattern ? t("logPatterns.problemOf", { pattern, words }) : words };
}

/** «412 об успехе, 3 об ошибке» */
function questionOf({ t, format }: Viewer, lines: readonly GuessedLine[]): string {
  const said = (["succeeded", "failed"] as const).flatMap((kind) => {
    const count = lines.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.count, 0);
    return count === 0 ? [] : t(`evidence.lines.${kind}`, { count, shown: format.number(count) });
  });
  return t("evidence.question", { lines: said.join(", ") });
}

function groupOf({ t, format }: Viewer, kind: GuessedLine["kind"], lines: readonly GuessedLine[]) {
  return {
    kind,
    title: t(`logPatterns.area.${kind}`),
    rows: lines
      .filter((line) => line.kind === kind)
      .map((line) => ({
        text: line.text,
        example: line.example === line.text ? null : line.example,
        value: writeLine(line),
        facts: [
          t("logPatterns.times", { count: line.count, times: format.number(line.count) }),
          t("evidence.inLogs", { count: line.posServers }),
        ].join(" · "),
      })),
  };
}
