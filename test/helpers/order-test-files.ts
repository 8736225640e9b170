import { readFileSync } from "node:fs";

const USES_BROWSER = /from "[./]+\/helpers\/(?:browser|live-monitor)\.ts"/;
/** Begun last, they would run alone in the end. */
const LONGEST =
  /page-fits-everybody|turns-pages|exports-the-table|reads-logs-of|streams-logs|-by-systemd|-under-wine|survives-|story-of|demo-runs|develops-|asks-on-by|updates-itself/;

/** Those that look at pages, which share a Chromium in their process, and the others; of each the longest first. */
export function orderTestFiles(files: string[]): string[][] {
  const { browser = [], other = [] } = Object.groupBy(files, (file) =>
    USES_BROWSER.test(readFileSync(file, "utf8")) ? "browser" : "other",
  );
  return [browser, other].map((kind) => {
    const { longest = [], rest = [] } = Object.groupBy(kind, (file) =>
      LONGEST.test(file) ? "longest" : "rest",
    );
    return [...longest, ...rest];
  });
}
