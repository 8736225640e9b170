import { Writable } from "node:stream";

const MAX_LINES = 2_000;

/** Passes the log on, and keeps its last lines for whoever has to understand what happened. */
export function createRecentLog(to: NodeJS.WritableStream) {
  const lines: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      lines.push(line);
      if (lines.length > 2 * MAX_LINES) lines.splice(0, MAX_LINES);
      to.write(line);
      done();
    },
  });
  return { stream, text: () => lines.slice(-MAX_LINES).join("") };
}
