import { runInWorker } from "../../src/protocol/run-in-worker.ts";

/** Prints at which port its worker, which is never done, can be reached. */
await runInWorker(
  new URL("./odd-worker.ts", import.meta.url),
  "endless",
  { timeoutMs: 600_000, maxHeapMegabytes: 48 },
  { onProgress: (told) => typeof told === "number" && process.stdout.write(`${told}\n`) },
);
