import { resolve } from "node:path";
import { refuseUnknownTexts } from "../../src/monitor/viewer/language.ts";

/**
 * `node run-group.ts FILE…`: runs test files one after the other in this process. What they have in common, above all
 * the whole monitor, is loaded and warm once for all of them. A comment says where each file begins.
 */
const files = process.argv.slice(2);

// tap names the folders of tests by what was started when it is loaded: that has to differ from group to group.
process.argv.splice(1, Infinity, resolve(files[0] ?? ""));
const { default: t } = await import("tap");

/** A file that hangs is told of after the time that it would have had alone. */
const timeoutMs = Number(process.env.TAP_TIMEOUT) * 1000;

t.beforeEach(() => t.setTimeout(timeoutMs));

refuseUnknownTexts();

// As long as this test runs, those of the files wait for their turn: none begins while another file is being loaded.
t.test("test files are loaded", async () => {
  for (const file of files) {
    t.comment(`file: ${file}`);
    await import(resolve(file));
  }
});
