import { answerParent } from "./answer-parent.ts";
import type { PatternProblem } from "./check-patterns.ts";
import { errorText } from "./error-text.ts";
import { compilePattern, UnusablePatternError } from "./pattern.ts";
import { requiredWords } from "./required-words.ts";

/**
 * Twice as many as the longest plain text needs. Each instruction of all patterns takes 15 to 75 ns for each character
 * (MAX_TAUGHT_LENGTH), and so does the pattern that finds the error: a second a line at worst.
 */
const MAX_INSTRUCTIONS = 2_000;
/** About 10 MB. */
const MAX_INSTRUCTIONS_TOGETHER = 6_000;
/** Each step of finding the error copies the places of all groups: so many double its cost. */
const MAX_GROUPS = 20;

answerParent(findProblems);

/** @param report gets the index of the pattern that is being compiled. */
function findProblems(sources: readonly string[], report: (index: number) => void): PatternProblem[] {
  const problems: PatternProblem[] = [];
  let together = 0;
  for (const [index, source] of sources.entries()) {
    report(index);
    try {
      const { instructions, groups } = compilePattern(source);
      together += instructions;
      const isTooLarge = instructions > MAX_INSTRUCTIONS || together > MAX_INSTRUCTIONS_TOGETHER;
      if (isTooLarge || groups > MAX_GROUPS) {
        const reason = `${instructions} instructions, ${together} together, ${groups} groups`;
        return [...problems, { index, fault: "too_costly", reason }];
      }
      if (requiredWords([source]) === null)
        problems.push({ index, fault: "too_general", reason: "fits any line" });
    } catch (error) {
      const fault = error instanceof UnusablePatternError ? "unusable" : "invalid";
      problems.push({ index, fault, reason: errorText(error) });
    }
  }
  return problems;
}
