import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import t from "tap";

/** A test file that does not end, nor does the program that it starts. Writes the ids of both processes to `PIDS_FILE`. */
t.test("waits for ever", async () => {
  const program = spawn(process.execPath, ["-e", "setInterval(() => {}, 1_000)"], { stdio: "ignore" });
  writeFileSync(process.env.PIDS_FILE ?? "", `${process.pid} ${program.pid}`);
  await new Promise(() => {});
});
