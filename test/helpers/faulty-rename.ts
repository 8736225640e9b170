import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";

// Loaded before a program (`node --import`). Ends it by SIGKILL right after its rename number KILL_AFTER_RENAME, and
// refuses to rename the file FAIL_RENAME_OF out of the way, or another into its place.
const killAfter = Number(process.env.KILL_AFTER_RENAME);
const failing = process.env.FAIL_RENAME_OF;
const { rename } = fs.promises;
let count = 0;

fs.promises.rename = async (from, to) => {
  const isMeant = [from, to].some((path) => basename(String(path)) === failing);
  if (failing !== undefined && isMeant && !String(from).includes("quarantine"))
    throw Object.assign(new Error(`EBUSY: resource busy or locked, rename '${from}'`), { code: "EBUSY" });
  await rename(from, to);
  if (basename(String(to)) === "identity.json") return;
  count += 1;
  if (count === killAfter) process.kill(process.pid, "SIGKILL");
};
syncBuiltinESMExports();
