import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../../src/agent/quarantine/manifest.ts";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import type { SoakedAgent } from "./soaked-agent.ts";
import type { World } from "./world.ts";

/** What is read of an agent's journal of a reset. */
interface Journal {
  key: string;
  phase: string;
  quarantine: string | null;
  report: { step: string };
}

interface Manifest {
  files: { name: string; sha256: string }[];
}

/** No reset was done twice or half: each database is in quarantine as a whole with a new one in its place, or untouched. */
export async function resetProblems({ agents, dataDir }: World): Promise<string[]> {
  const ordered = new Map(
    queryFile(databaseIn(dataDir), "select idempotency_key || ' ' || step from database_reset").map(
      (text) => {
        const [key = "", step = ""] = String(text).split(" ");
        return [key, step];
      },
    ),
  );
  const journals = await Promise.all(agents.map(journalsOf));
  const done = new Set(
    journals
      .flat()
      .filter(isDone)
      .map(({ key }) => key),
  );
  return [
    ...(
      await Promise.all(agents.map((agent, index) => problemsOfAgent(agent, journals[index] ?? [])))
    ).flat(),
    ...journals.flat().flatMap(({ key }) => (ordered.has(key) ? [] : [`reset ${key} was not ordered`])),
    ...[...ordered].flatMap(([key, step]) =>
      step === "done" && !done.has(key) ? [`reset ${key} is done, which no agent knows of`] : [],
    ),
  ];
}

async function problemsOfAgent({ name, service }: SoakedAgent, journals: Journal[]): Promise<string[]> {
  const quarantine = service.path("quarantine");
  const folders = existsSync(quarantine) ? await readdir(quarantine) : [];
  const expected = journals.filter(isDone).map(({ quarantine }) => quarantine ?? "");
  const broken = await Promise.all(
    folders.map(async (folder) => await problemsOfFolder(join(quarantine, folder))),
  );
  return [
    ...journals.flatMap(({ key, phase }) =>
      phase === "ended" ? [] : [`reset ${key} has not ended: ${phase}`],
    ),
    ...(same(folders, expected) ? [] : [`quarantine has ${folders}, resets made ${expected}`]),
    ...(existsSync(service.path("pos.db")) ? [] : ["there is no database"]),
    ...broken.flat(),
  ].map((problem) => `${name}: ${problem}`);
}

async function problemsOfFolder(folder: string): Promise<string[]> {
  const manifest: Manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  const names = (await readdir(folder)).filter((name) => name !== "manifest.json");
  if (
    !same(
      names,
      manifest.files.map(({ name }) => name),
    )
  )
    return [`${folder} has ${names}`];
  const checks = manifest.files.map(async ({ name, sha256 }) =>
    (await hashFile(join(folder, name))).sha256 === sha256 ? [] : [`${name} in ${folder} is another one`],
  );
  return (await Promise.all(checks)).flat();
}

async function journalsOf({ service }: SoakedAgent): Promise<Journal[]> {
  const folder = service.path("state/database-resets");
  const files = existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith(".json")) : [];
  return await Promise.all(
    files.map(async (file): Promise<Journal> => JSON.parse(await readFile(join(folder, file), "utf8"))),
  );
}

function isDone({ report }: Journal): boolean {
  return report.step === "done";
}

function same(one: string[], other: string[]): boolean {
  return one.toSorted().join("\n") === other.toSorted().join("\n");
}
