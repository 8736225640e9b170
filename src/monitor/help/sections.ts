import { HOUR_MS } from "../../protocol/time-units.ts";
import { CATALOGUE, CAUSES, type Cause, TODO_OF_SILENCE } from "../fleet/cause-catalogue.ts";
import { stepInWords, titleOfCause } from "../fleet/cause-in-words.ts";
import { inSentence } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

const GUIDE = ["install", "tls", "upgrade", "backup", "doctor", "remove"];
const GROUPS = ["tills", "posServer", "mainServer", "logs", "connection", "versions"] as const;
const IN_LOGS: readonly Cause[] = [
  "exchange_failed",
  "exchange_silent",
  "exchange_untraced",
  "exchange_not_found",
  "logs_missing",
  "log_patterns_unusable",
];

/** Its id is the address within the page, as that of an entry is. */
export interface Section {
  id: string;
  title: string;
  /** Said once for all of it; null = nothing. */
  meaning: string | null;
  texts: string[];
  entries: Entry[];
}

interface Entry {
  id: string;
  title: string;
  lines: { text: string; isCommand: boolean }[];
  step: string | null;
  cause: Cause | null;
}

export function helpSections(viewer: Viewer, paymentStopsAfterMs: number): Section[] {
  const { t, format, user } = viewer;
  const ofTexts = (id: string, title: string, texts: string[]): Section => ({
    id,
    title: t(title),
    meaning: null,
    texts,
    entries: [],
  });
  const grades = (["hiccup", "delay", "trouble", "outage"] as const)
    .filter((grade) => grade !== "trouble" || paymentStopsAfterMs > HOUR_MS)
    .map((grade) => t(`help.grade.${grade}`, { duration: format.duration(paymentStopsAfterMs) }));
  const incidents = ["what", "again", "silence", "closed", "itself"].map((key) => t(`incident.help.${key}`));
  const messages = ["once", "when", "crowded", "flapping"].map((key) => t(`message.help.${key}`));
  const keys = ["list", "log", "help"].map((key) => t(`help.keys.${key}`));
  return [
    ofTexts("grades", "help.grades", grades),
    ofTexts("incidents", "incident.title", incidents),
    ofTexts("messages", "message.help.heading", messages),
    ...GROUPS.map((name) => groupSection(viewer, name)),
    ofTexts("keys", "help.keys.heading", keys),
    ...(user?.isAdministrator ? [guideSection(viewer)] : []),
  ];
}

/** What an archive's guide says too; a command begins with two spaces. */
function guideSection({ t }: Viewer): Section {
  const entries = GUIDE.map((name) => ({
    id: `guide-${name}`,
    title: t(`guide.${name}.title`),
    lines: t(`guide.${name}.text`)
      .split("\n")
      .map((line) => ({ text: line.trim(), isCommand: line.startsWith("  ") })),
    step: null,
    cause: null,
  }));
  return { id: "guide", title: t("guide.title"), meaning: t("guide.call"), texts: [], entries };
}

function groupSection(viewer: Viewer, name: (typeof GROUPS)[number]): Section {
  const { t } = viewer;
  const causes = CAUSES.filter((cause) => groupOf(cause) === name);
  const meanings = new Set(causes.map((cause) => t(`cause.means.${CATALOGUE[cause].meaning}`)));
  const isShared = meanings.size === 1;
  const entries = causes.map((cause) => {
    const { meaning, step, todo = cause } = CATALOGUE[cause];
    const texts = [...(isShared ? [] : [t(`cause.means.${meaning}`)]), t(`cause.todo.${todo}`)];
    const lines = cause === "no_answer" ? waysOfSilence(viewer) : [texts.join(" ")];
    return {
      id: `cause-${cause}`,
      title: titleOfCause(viewer, cause),
      lines: lines.map((text) => ({ text, isCommand: false })),
      step: stepInWords(viewer, step),
      cause,
    };
  });
  const [meaning = null] = isShared ? meanings : [];
  return { id: name, title: t(`help.group.${name}`), meaning, texts: [], entries };
}

/** Each way, or several, with what to do. */
function waysOfSilence({ t }: Viewer): string[] {
  const ways = Map.groupBy(Object.entries(TODO_OF_SILENCE), ([, todo]) => todo);
  return [...ways].map(([todo, codes]) => {
    const [first = "", ...others] = codes.map(([code]) => t(`failure.${code}`));
    return `${[first, ...others.map(inSentence)].join(", ")}: ${inSentence(t(`cause.todo.${todo}`))}`;
  });
}

function groupOf(cause: Cause): (typeof GROUPS)[number] {
  const { meaning, resetFails } = CATALOGUE[cause];
  if (meaning === "works" || meaning === "unwatched") return "versions";
  if (meaning === "closed") return "tills";
  if (IN_LOGS.includes(cause)) return "logs";
  if (meaning === "unknown") return "connection";
  return resetFails === "network" || cause === "processing_failed" ? "mainServer" : "posServer";
}
