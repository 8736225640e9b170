import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { AGENT_PACKAGES_FOLDER } from "../../src/protocol/agent-update.ts";
import { formatEnrolmentCode } from "../../src/protocol/enrolment.ts";
import { SIGNING_KEY } from "./agent-updates.ts";
import type { TestClock } from "./clock.ts";
import { addEnrolmentCode } from "./enrolments.ts";
import { makeFolder } from "./folder.ts";
import { startProgram } from "./program.ts";
import { startSecureMonitor } from "./secure-monitor.ts";
import { waitFor } from "./wait-for.ts";
import { startWine, type Wine } from "./wine.ts";

export const SERVICE = "PoswatchAgent";
export const PACKAGE = "C:\\пакет";
export const PROGRAM = "C:\\Program Files\\Poswatch";
export const DATA = "C:\\ProgramData\\Poswatch";
/** As Windows numbers the states of a service. */
export const NOT_INSTALLED = 0;
export const STOPPED = 1;
export const RUNNING = 4;
export const VERSION: string = JSON.parse(readFileSync("package.json", "utf8")).version;

/** A Windows with the unpacked package of an agent that takes updates, and a monitor for it. */
export async function startPackagedAgent(t: Test, options: { clock?: TestClock } = {}) {
  const packages = join(makeFolder(t), AGENT_PACKAGES_FOLDER);
  const signingKey = join(makeFolder(t), "update.key");
  writeFileSync(signingKey, SIGNING_KEY.export({ type: "pkcs8", format: "pem" }));
  const args = ["--agent-only", "--to", packages, "--signing-key", signingKey];
  const build = startProgram(t, "src/packaging/build.ts", { args });
  t.equal(await build.ended, 0, build.output());
  t.same(readdirSync(packages).sort(), ["agent.cjs.gz", "update.json", "windows.json", "windows.zip"]);
  const wine = await startWine(t);
  execFileSync("unzip", ["-q", join(packages, "windows.zip"), "-d", wine.path("пакет")]);
  const secure = await startSecureMonitor(t, options);
  const { monitor, url, pin } = secure;
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");

  const program = folderOf(wine, PROGRAM);
  const data = folderOf(wine, DATA);
  const unpacked = (...args: string[]) => wine.run(`${PACKAGE}\\poswatch-agent.exe`, ...args);
  const state = async () => JSON.parse((await unpacked("service-state", "Nothing", SERVICE)).output);
  const isStopped = async () => (await state()).state === STOPPED;
  const log = () => data.read("agent.log") ?? "";
  const count = (text: string) => log().split(text).length - 1;
  return {
    ...secure,
    wine,
    program,
    data,
    unpacked,
    state,
    log,
    async makeCode() {
      const secret = await addEnrolmentCode(monitor, { organizationId });
      return formatEnrolmentCode({ monitor: url, pins: [pin], secret });
    },
    host: (...args: string[]) => wine.run(`${PROGRAM}\\poswatch-agent.exe`, ...args),
    isStopped,
    async stop() {
      const { exitCode } = await wine.run("sc.exe", "stop", SERVICE);
      await waitFor(isStopped);
      return exitCode;
    },
    start: () => wine.run("sc.exe", "start", SERVICE),
    /** How often an agent has become ready, as far as the log goes back. */
    ready: () => count("agent is ready"),
    started: (version: string) => count(`the agent ${version} has started`),
    registered: () => monitor.app.database.db.selectFrom("posServer").select("id").execute(),
  };
}

/** A folder of that Windows, as this system sees it. */
function folderOf(wine: Wine, folder: string) {
  const path = (...names: string[]) => wine.path(...folder.split("\\").slice(1), ...names);
  return {
    path,
    read: (...names: string[]) => (existsSync(path(...names)) ? readFileSync(path(...names), "utf8") : null),
    write: (name: string, text: string) => writeFileSync(path(name), text),
  };
}
