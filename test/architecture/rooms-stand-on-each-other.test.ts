import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "tap";

const SOURCES = join(import.meta.dirname, "../../src");
const IMPORT = /\b(?:from|import\(?|new URL\()\s*"(\.[^"]+\.ts)"/g;
/** The tables name the types of what other rooms decide; they import nothing else. */
const SCHEMA = /^monitor\/database\/(?:schema|tables\/[\w-]+)\.ts$/;

/** What each part of the program may import beside itself. */
const PROGRAMS: Record<string, string[]> = {
  demo: ["agent", "monitor", "protocol"],
  packaging: ["agent", "monitor", "protocol"],
  monitor: ["protocol"],
  agent: ["protocol"],
  protocol: [],
};

/** The rooms of the monitor: each may import from its own floor and from those below, none from above. */
const FLOORS: [floor: string, rooms: string[]][] = [
  ["programs at the command line, and what installs them", ["commands", "installer"]],
  ["the server and its map", ["."]],
  [
    "pages that people see",
    [
      "pos-servers",
      "pos-server",
      "batches",
      "log-searches",
      "incidents",
      "reports",
      "acknowledgements",
      "wall",
      "api",
      "channels",
      "audit",
      "settings",
      "organizations",
      "opening-hours",
      "enrolment",
      "agent-updates",
      "first-start",
      "people",
      "help",
      "about",
      "health",
      "metrics",
    ],
  ],
  [
    "what is done for them",
    [
      "agents",
      "backups",
      "repairs",
      "log-viewer",
      "log-archives",
      "log-excerpts",
      "log-patterns",
      "notifications",
      "access",
      "filter",
    ],
  ],
  ["what is known of the fleet", ["polling", "fleet", "registry", "history"]],
  ["what people say of restaurants, and of this installation", ["restaurants", "installation"]],
  [
    "what all stand on: requests and people's view",
    ["requests", "excel", "plugins", "audit-log", "viewer", "forms"],
  ],
  [
    "what all stand on: the outside",
    ["outgoing", "pos-client", "workers", "secrets", "database", "translations"],
  ],
];

interface Import {
  file: string;
  imported: string;
}

const files = globSync("**/*.ts", { cwd: SOURCES });
const imports: Import[] = files
  .filter((file) => !SCHEMA.test(file))
  .flatMap((file) => {
    const text = readFileSync(join(SOURCES, file), "utf8");
    return [...text.matchAll(IMPORT)].map(([, path = ""]) => ({ file, imported: join(dirname(file), path) }));
  });

test("no program imports another one, but the demo, which runs them", async (t) => {
  const wrong = imports.filter(({ file, imported }) => {
    const [program = "", other = ""] = [partOf(file, 0), partOf(imported, 0)];
    return program !== other && !PROGRAMS[program]?.includes(other);
  });
  t.ok(imports.length > 1_000, "imports are found");
  t.strictSame(wrong.map(asText), []);
});

test("every room of the monitor has its floor, and none imports from a floor above", async (t) => {
  const floors = new Map(FLOORS.flatMap(([, rooms], floor) => rooms.map((room) => [room, floor])));
  const rooms = new Set(files.filter((file) => file.startsWith("monitor/")).map(roomOf));
  t.strictSame([...rooms].sort(), [...floors.keys()].sort());

  const inMonitor = imports.filter(({ file, imported }) =>
    [file, imported].every((one) => /^monitor\//.test(one)),
  );
  const upwards = inMonitor.filter(
    ({ file, imported }) => (floors.get(roomOf(imported)) ?? -1) < (floors.get(roomOf(file)) ?? -1),
  );
  t.strictSame(upwards.map(asText), []);
});

test("no room imports itself by way of others, and no folder", async (t) => {
  t.strictSame(circlesOf(dirname), [], "folders");
  t.strictSame(circlesOf(roomOfProgram), [], "rooms");
});

test("every program closes the files that it makes to others", async (t) => {
  const text = readFileSync(join(SOURCES, "../package.json"), "utf8");
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(text);
  const programs = Object.values(scripts).flatMap(
    (script) => script.match(/^(?:exec )?node .*\bsrc\/(\S+\.ts)(?: |$)/)?.[1] ?? [],
  );
  t.ok(programs.includes("monitor/commands/main.ts") && programs.includes("agent/main.ts"));
  const open = programs.filter(
    (program) => !readFileSync(join(SOURCES, program), "utf8").includes("process.umask(0o077);"),
  );
  t.same(open, []);
});

/** The places that imports lead back to by way of other places. */
function circlesOf(placeOf: (file: string) => string): string[] {
  const below = Map.groupBy(imports, ({ file }) => placeOf(file));
  const reaches = (from: string, wanted: string, seen = new Set<string>()): boolean =>
    (below.get(from) ?? []).some(({ imported }) => {
      const place = placeOf(imported);
      if (place === from || seen.has(place)) return false;
      seen.add(place);
      return place === wanted || reaches(place, wanted, seen);
    });
  return [...below.keys()].filter((place) => reaches(place, place));
}

function partOf(file: string, index: number): string | undefined {
  return file.split("/")[index];
}

/** `pos-servers` of `monitor/pos-servers/row-model.ts`, `.` of `monitor/app.ts`. */
function roomOf(file: string): string {
  return relative("monitor", dirname(file)).split("/")[0] || ".";
}

/** `monitor/pos-servers` of `monitor/pos-servers/import/rows.ts`. */
function roomOfProgram(file: string): string {
  return dirname(file).split("/").slice(0, 2).join("/");
}

function asText({ file, imported }: Import): string {
  return `${file} → ${imported}`;
}
