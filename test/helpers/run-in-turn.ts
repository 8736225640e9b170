import { once } from "node:events";
import { createRequire, flushCompileCache, registerHooks } from "node:module";
import { Socket } from "node:net";
import { resolve } from "node:path";
import type { Test } from "tap";
import { refuseUnknownTexts } from "../../src/monitor/viewer/language.ts";
import { CHANNEL, FILE_BEGINS, LOADING, NO_FILE } from "./tap-output.ts";

/**
 * `node run-in-turn.ts`, with a channel to its parent: runs the test files that the parent names, one after the other, in
 * this process. What they have in common, above all the whole monitor, is loaded and warm once for all of them. A comment
 * says where each file begins.
 */
// tap names the folders of tests by what was started when it is loaded: that has to differ from process to process.
process.argv[1] = resolve(`tests-${process.pid}`);
const hooks = registerHooks({
  resolve: (name, context, next) =>
    name === "async-hook-domain"
      ? { url: new URL("./error-domain.ts", import.meta.url).href, shortCircuit: true }
      : next(name, context),
});
const { default: t } = await import("tap");
hooks.deregister();
await import("./app.ts");
flushCompileCache(); // the processes that start after this one find the whole monitor compiled
/** A file that hangs is told of after the time that it would have had alone. */
const timeoutMs = Number(process.env.TAP_TIMEOUT) * 1000;

/** The tests that have begun, the innermost last: an error that nobody catches is its own. */
const running: Test[] = [];
t.beforeEach((test) => {
  t.setTimeout(timeoutMs);
  running.push(test);
});
t.afterEach((test) => void running.splice(running.indexOf(test), 1));
process.on("uncaughtException", (error) => (running.at(-1) ?? t).threw(error));

refuseUnknownTexts();
const { cache } = createRequire(import.meta.url);
const channel = new Socket({ fd: CHANNEL }).setEncoding("utf8");
runNextFile();

function runNextFile(): void {
  // As long as this test runs, those of the file wait for their turn: none begins while the file is being loaded.
  t.test(LOADING, async () => {
    const file = await nextFile();
    if (file === null) return;
    t.comment(FILE_BEGINS + file);
    await import(resolve(file)).catch((error) => {
      t.test("it can be loaded", () => Promise.reject(error));
    });
    // Fastify would look for each plugin of each monitor among all modules, only to name it.
    for (const id of Object.keys(cache)) Object.defineProperty(cache, id, { enumerable: false });
    runNextFile();
  });
}

/** null = there is no other. */
async function nextFile(): Promise<string | null> {
  channel.ref().write("next");
  const [file] = await once(channel, "data");
  channel.unref(); // a test that waits for nothing ends at once
  return file === NO_FILE ? null : file;
}
