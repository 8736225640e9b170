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
  return {
    stream,
    text: () => text,
    ofLevel(level: keyof typeof LEVELS): Record<string, unknown>[] {
      const lines = text.split("\n").filter((line) => line !== "");
      return lines.map((line) => JSON.parse(line)).filter((line) => line.level === LEVELS[level]);
    },
  };
}
