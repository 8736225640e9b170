import { registerHooks } from "node:module";
import { resolve } from "node:path";
import type { Test } from "tap";
import { refuseUnknownTexts } from "../../src/monitor/viewer/language.ts";

/**
 * `node run-group.ts FILE…`: runs test files one after the other in this process. What they have in common, above all
 * the whole monitor, is loaded and warm once for all of them. A comment says where each file begins.
 */
const files = process.argv.slice(2);

// tap names the folders of tests by what was started when it is loaded: that has to differ from group to group.
process.argv.splice(1, Infinity, resolve(files[0] ?? ""));
const hooks = registerHooks({
  resolve: (name, context, next) =>
    name === "async-hook-domain"
      ? { url: new URL("./error-domain.ts", import.meta.url).href, shortCircuit: true }
      : next(name, context),
});
const { default: t } = await import("tap");
hooks.deregister();
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

// As long as this test runs, those of the files wait for their turn: none begins while another file is being loaded.
t.test("test files are loaded", async () => {
  for (const file of files) {
    t.comment(`file: ${file}`);
    await import(resolve(file));
  }
});
