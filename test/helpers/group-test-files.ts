import { readFileSync } from "node:fs";

/** Enough for what they have in common to be cheap, few enough for the groups to be busy until the end. */
const FILES_IN_GROUP = 20;
/** They take the longest. */
const BROWSER_FILES_IN_GROUP = 7;
const USES_BROWSER = /from "[./]+\/helpers\/(?:browser|live-monitor)\.ts"/;

/**
 * Divides test files into groups that share a process each, neighbours together. Those that look at pages are among
 * themselves, as they share a Chromium too, and come first, since they take longest.
 */
export function groupTestFiles(files: string[]): string[][] {
  const { browser = [], other = [] } = Object.groupBy(files, (file) =>
    USES_BROWSER.test(readFileSync(file, "utf8")) ? "browser" : "other",
  );
  return [...divide(browser, BROWSER_FILES_IN_GROUP), ...divide(other, FILES_IN_GROUP)];
}

function divide(files: string[], filesInGroup: number): string[][] {
  const groups = Math.ceil(files.length / filesInGroup);
  const size = Math.ceil(files.length / groups);
  return Array.from({ length: groups }, (_, index) => files.slice(index * size, (index + 1) * size));
}
