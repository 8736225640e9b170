import { Writable } from "node:stream";

const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 };

export function logLines() {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const parsed = (): Record<string, unknown>[] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  return {
    stream,
    text: () => text,
    /** The lines of one level, parsed. */
    ofLevel: (level: keyof typeof LEVELS) => parsed().filter((line) => line.level === LEVELS[level]),
  };
}
