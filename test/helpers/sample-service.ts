import { existsSync, readFileSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeAgentFolder, startTestAgent } from "./agent.ts";
import type { Owner } from "./owner.ts";

/** A service that is a program: it keeps its state in a file, and makes a database when it starts without one. */
const PROGRAM = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
become() { echo "$1" > service-state.new && mv service-state.new service-state.txt; }
case "$1" in
  status) cat service-state.txt; exit ;;
  stop)
    echo stop >> service-calls.txt
    [ -e refuses-stop ] && { echo "Access is denied." >&2; exit 5; }
    [ -e hangs-at-stop ] && { become stopping; exit; }
    become stopped ;;
  start)
    echo start >> service-calls.txt
    [ -e refuses-start ] && { echo "The service is disabled." >&2; exit 1; }
    [ -e hangs-at-start ] && { become starting; exit; }
    [ -e pos.db ] || printf 'new database' > pos.db
    become "running since 2026-11-24T09:00:00.000Z" ;;
esac
`;

export type SampleService = Awaited<ReturnType<typeof makeSampleService>>;

/** Makes the folder of a POS server whose service can be started and stopped. */
export async function makeSampleService(
  t: Owner,
  settings: { service?: object; database?: object; [name: string]: unknown } = {},
) {
  const folder = await makeAgentFolder(t);
  const program = join(folder.root, "service.sh");
  await writeFile(program, PROGRAM);
  await chmod(program, 0o755);
  const path = (name: string) => join(folder.root, name);
  const control = (verb: string) => [program, verb];
  Object.assign(folder.config, settings, {
    service: {
      names: ["sample"],
      control: "commands",
      commands: { status: control("status"), start: control("start"), stop: control("stop") },
      ...settings.service,
    },
  });
  await writeFile(path("agent.json"), JSON.stringify(folder.config));
  return {
    ...folder,
    path,
    read: (name: string) => readFile(path(name), "utf8"),
    /** What the service was asked to do so far: `stop`, `start`. */
    calls() {
      const file = path("service-calls.txt");
      return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    },
    behave: (way: "refuses-stop" | "hangs-at-stop" | "refuses-start" | "hangs-at-start") =>
      writeFile(path(way), ""),
  };
}

/** An agent whose service is a program, and the folder of both. */
export async function startSampleAgent(t: Owner, settings: Parameters<typeof makeSampleService>[1] = {}) {
  const pos = await makeSampleService(t, settings);
  return { pos, agent: await startTestAgent(t, pos) };
}
