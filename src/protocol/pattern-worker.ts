import { answerParent } from "./answer-parent.ts";
import type { PatternProblem } from "./check-patterns.ts";
import { errorText } from "./error-text.ts";
import { compilePattern, createPatternSet, UnusablePatternError } from "./pattern.ts";
import { requiredWords } from "./required-words.ts";

/** Twice what the longest plain text takes. */
const MAX_INSTRUCTIONS = 2_000;
/** Of all together: about 10 MB. */
const MAX_INSTRUCTIONS_TOGETHER = 6_000;
/** Processor time for one line, which a reading of a log may overstep its own by. */
const MAX_LINE_MS = 500;
/** Of a longer line the rest is never looked at. */
const LINE_LENGTH = 4_096;
/** What stands for a character in a pattern, but for itself. */
const OPERATORS = /\\p\{\w+\}|\\.|\{[\d,]*\}|\(\?(?:<\w+>|<?[:=!])|[()[\]{}|*+?^$.]/giu;
const RUNS = ["7", "я", "a", " ", "-"];

answerParent(findProblems);

/** @param tell gets the place of the one that is being compiled. */
function findProblems(sources: readonly string[], tell: (index: number) => void): PatternProblem[] {
  const problems: PatternProblem[] = [];
  let together = 0;
  let largest = { source: "", instructions: 0 };
  for (const [index, source] of sources.entries()) {
    tell(index);
    try {
      const { instructions, exec } = compilePattern(source);
      together += instructions;
      if (instructions > largest.instructions) largest = { source, instructions };
      const isTooLarge = instructions > MAX_INSTRUCTIONS || together > MAX_INSTRUCTIONS_TOGETHER;
      const size = `${instructions} instructions, ${together} together`;
      const reason = isTooLarge ? size : tooSlow(exec, source);
      if (reason !== null) return [...problems, { index, fault: "too_costly", reason }];
      if (requiredWords([source]) === null)
        problems.push({ index, fault: "too_general", reason: "fits any line" });
    } catch (error) {
      const fault = error instanceof UnusablePatternError ? "unusable" : "invalid";
      problems.push({ index, fault, reason: errorText(error) });
    }
  }
  if (problems.some(({ fault }) => fault !== "too_general")) return problems;
  const reason = tooSlow(createPatternSet(sources), largest.source);
  if (reason !== null) problems.push({ index: sources.length - 1, fault: "too_costly", reason });
  return problems;
}

function tooSlow(match: (text: string) => unknown, source: string): string | null {
  for (const line of linesAgainst(source)) {
    const before = process.threadCpuUsage();
    match(line.slice(0, LINE_LENGTH));
    const spentMs = Math.round(process.threadCpuUsage(before).user / 1000);
    if (spentMs > MAX_LINE_MS) return `${spentMs} ms for one line`;
  }
  return null;
}

/** Lines made to hurt: what is looked for begins again and again, and hardly ever ends. */
function linesAgainst(source: string): string[] {
  const literal = source.replace(OPERATORS, "").slice(0, LINE_LENGTH / 4) || "x";
  const characters = [...literal, ...RUNS];
  const lineOf = (part: (index: number) => string | undefined, parts: number) =>
    Array.from({ length: parts }, (_, index) => part(index)).join("");
  return [
    lineOf(() => literal, LINE_LENGTH / literal.length + 1),
    lineOf((index) => characters[(index * index * 7 + index) % characters.length], LINE_LENGTH),
    lineOf((index) => literal + RUNS[index % RUNS.length]?.repeat(index), 90),
  ];
}
