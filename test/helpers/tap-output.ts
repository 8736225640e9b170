const SUMMARY = /^# \{ (total: \d+[^}]*) \}/gm;
/** The comment with which the output of a file begins, before its name. */
export const FILE_BEGINS = "file: ";
/** Where a process asks its parent for its next file, and is told that there is none. */
export const CHANNEL = 3;
export const NO_FILE = "/";
/** The name of what is no test of a file. */
export const LOADING = "the next file is loaded";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reads tap's closing line, such as `# { total: 3, pass: 2, fail: 1 }`. */
export function countsOf(output: string): Counts {
  const [, summary = ""] = [...output.matchAll(SUMMARY)].at(-1) ?? [];
  const count = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(summary)?.[1] ?? 0);
  const loads = output.split(` - ${LOADING}`).length - 1;
  return { passed: Math.max(count("pass") - loads, 0), failed: count("fail"), skipped: count("skip") };
}

export interface FileOutput {
  file: string;
  text: string;
}

/** Divides output at the comments with which files begin. */
export function outputsOf(output: string): FileOutput[] {
  const begins = new RegExp(`^# ${FILE_BEGINS}(.+)$`, "gm");
  const found = [...output.matchAll(begins)];
  return found.map(({ 1: file = "", index }, at) => ({
    file,
    text: output.slice(index, found[at + 1]?.index),
  }));
}

/** How a file went by its output. One without a test has failed. */
export function reportOf(text: string) {
  const tests = [...text.matchAll(/^(not )?ok \d+ - (.*?)(?: # time=([\d.]+)ms)?$/gm)].filter(
    ([, , name]) => name !== LOADING,
  );
  return {
    isFailed: tests.length === 0 || tests.some(([, isNot]) => isNot),
    /** What its tests took, added up. */
    seconds: tests.reduce((total, [, , , ms]) => total + Number(ms ?? 0), 0) / 1000,
    /** The lines of skipped tests. */
    skips: [...text.matchAll(/^.*# SKIP.*$/gm)].map(([line]) => line.trim()),
  };
}
