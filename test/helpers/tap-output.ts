const SUMMARY = /^# \{ (total: \d+[^}]*) \}/gm;
const FILE_BEGINS = /^# file: (.+)$/m;

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reads tap's closing line, such as `# { total: 3, pass: 2, fail: 1 }`. */
export function countsOf(output: string): Counts {
  const [, summary = ""] = [...output.matchAll(SUMMARY)].at(-1) ?? [];
  const count = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(summary)?.[1] ?? 0);
  return { passed: count("pass"), failed: count("fail"), skipped: count("skip") };
}

/** Divides the output of a group at the comments with which its files begin. A file without a test has failed. */
export function reportsOf(output: string, files: string[]) {
  const [, ...parts] = output.split(FILE_BEGINS);
  return files.map((file) => {
    const part = parts[parts.indexOf(file) + 1] ?? "";
    const tests = [...part.matchAll(/^(not )?ok \d+.*?(?: # time=([\d.]+)ms)?$/gm)];
    return {
      file,
      hasRun: tests.length > 0,
      isFailed: tests.length === 0 || tests.some(([, isNot]) => isNot),
      /** What its tests took, added up. */
      seconds: tests.reduce((total, [, , ms]) => total + Number(ms ?? 0), 0) / 1000,
      /** The lines of skipped tests. */
      skips: [...part.matchAll(/^.*# SKIP.*$/gm)].map(([line]) => line.trim()),
    };
  });
}
