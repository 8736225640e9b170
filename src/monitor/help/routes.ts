import type { FastifyInstance } from "fastify";
import { CATALOGUE, CAUSES, type Cause } from "../fleet/cause-catalogue.ts";
import { stepInWords, titleOfCause } from "../fleet/cause-in-words.ts";
import { readSettings } from "../installation/settings.ts";
import type { Viewer } from "../viewer/viewer.ts";

const HOUR_MS = 3_600_000;
const GUIDE = ["install", "tls", "upgrade", "backup", "doctor", "remove"];
const GROUPS = ["tills", "posServer", "mainServer", "logs", "connection", "versions"] as const;

/** `/help`: «Справка», what each cause means at the tills and what to do about it. */
export async function helpRoutes(app: FastifyInstance): Promise<void> {
  app.get("/help", { config: { access: "user" } }, async (request, reply) => {
    const { paymentStopsAfterMs } = await readSettings(app.database.db);
    const guide = request.signedInUser().isAdministrator ? guideModel(request.viewer) : null;
    return await reply.page("help/page", { ...helpModel(request.viewer, paymentStopsAfterMs), guide });
  });
}

/** What an archive's guide says too; a command begins with two spaces. */
function guideModel({ t }: Viewer) {
  return GUIDE.map((name) => ({
    title: t(`guide.${name}.title`),
    lines: t(`guide.${name}.text`)
      .split("\n")
      .map((line) => ({ text: line.trim(), isCommand: line.startsWith("  ") })),
  }));
}

const IN_LOGS: readonly Cause[] = [
  "exchange_failed",
  "exchange_silent",
  "exchange_untraced",
  "exchange_not_found",
  "logs_missing",
  "log_patterns_unusable",
];

function helpModel(viewer: Viewer, paymentStopsAfterMs: number) {
  const { t, format } = viewer;
  return {
    grades: (["hiccup", "delay", "trouble", "outage"] as const)
      .filter((grade) => grade !== "trouble" || paymentStopsAfterMs > HOUR_MS)
      .map((grade) => t(`help.grade.${grade}`, { duration: format.duration(paymentStopsAfterMs) })),
    groups: GROUPS.map((name) => groupModel(viewer, name)),
    incidents: ["what", "again", "silence", "closed"].map((key) => t(`incident.help.${key}`)),
    messages: ["once", "when", "crowded", "flapping"].map((key) => t(`message.help.${key}`)),
  };
}

function groupModel(viewer: Viewer, name: (typeof GROUPS)[number]) {
  const { t } = viewer;
  const causes = CAUSES.filter((cause) => groupOf(cause) === name);
  const meanings = new Set(causes.map((cause) => CATALOGUE[cause].meaning));
  const meaningInWords = (cause: Cause) => t(`cause.means.${CATALOGUE[cause].meaning}`);
  const [first] = causes;
  return {
    name,
    title: t(`help.group.${name}`),
    /** Said once when all of them share it. */
    meaning: first && meanings.size === 1 ? meaningInWords(first) : null,
    causes: causes.map((cause) => {
      const { step, todo = cause } = CATALOGUE[cause];
      return {
        id: `cause-${cause}`,
        title: titleOfCause(viewer, cause),
        meaning: meanings.size > 1 ? meaningInWords(cause) : null,
        todo: t(`cause.todo.${todo}`),
        step: stepInWords(viewer, step),
      };
    }),
  };
}

function groupOf(cause: Cause): (typeof GROUPS)[number] {
  const { meaning, resetFails } = CATALOGUE[cause];
  if (meaning === "works" || meaning === "unwatched") return "versions";
  if (meaning === "closed") return "tills";
  if (IN_LOGS.includes(cause)) return "logs";
  if (meaning === "unknown") return "connection";
  return resetFails === "network" || cause === "processing_failed" ? "mainServer" : "posServer";
}
