import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";

const SOURCES = join(import.meta.dirname, "../../src");

/** What follows from a change, and has to be called where that is written. */
interface Followed {
  /** One of these. */
  calls: readonly string[];
  /** Any other column may be updated by anybody. */
  columns: Record<string, readonly string[] | "all">;
  /** Rows that are added or removed: by anybody, if not these. */
  rows: readonly string[];
  /**
   * Who writes that ("file function"), and who calls for it what follows: itself, a function of the same file, or one of another file; null = nothing
   * follows.
   */
  writers: Record<string, string | null>;
}

const SAME = "itself";
const INCIDENTS = "monitor/fleet/incidents";
const ROWS = `${INCIDENTS}/incident-rows.ts`;
const STEPS = `${INCIDENTS}/carry-out-steps.ts`;
const REGISTRY = "monitor/registry";

const FOLLOWED: Record<string, Followed> = {
  "the trouble of POS servers": {
    calls: ["queueTroubleChanges"],
    columns: { posStatus: ["state", "causeKey"], posServer: ["parked"], organization: ["archivedAt"] },
    rows: ["posStatus"],
    writers: {
      "monitor/polling/save-results.ts updateStatuses": "savePollResults",
      "monitor/restaurants/park-pos-server.ts setParked": SAME,
      "monitor/fleet/opening-hours/keep-closings.ts keepClosing": SAME,
      [`${REGISTRY}/organizations.ts setArchived`]: SAME,
      // What these write is in no incident, or no part of it.
      "monitor/restaurants/copy-registry.ts copyRegistry": null,
      [`${REGISTRY}/registry.ts reconnectPosServer`]: null,
      [`${REGISTRY}/registry.ts addPosServer`]: null,
      "demo/state-history.ts writeStateHistory": SAME,
    },
  },
  "notifications of incidents": {
    calls: ["queueIncidentChanges", "queueIncidentsOf"],
    columns: {
      incident: [
        ...["failing", "paused", "members", "reopenings", "causeId", "state"],
        ...["quietAt", "closedAt", "endedBy"],
      ],
      incidentMember: ["status", "organizationId"],
      acknowledgement: "all",
    },
    rows: ["incident", "incidentMember", "acknowledgement"],
    writers: {
      [`${STEPS} leave`]: "carryOutSteps",
      [`${STEPS} endAsParts`]: "carryOutSteps",
      [`${STEPS} openSingles`]: "carryOutSteps",
      [`${STEPS} enter`]: "carryOutSteps",
      [`${STEPS} setStatus`]: "carryOutSteps",
      [`${ROWS} openAgain`]: `${STEPS} carryOutSteps`,
      [`${ROWS} changeCause`]: `${STEPS} carryOutSteps`,
      [`${ROWS} restoreCause`]: `${STEPS} carryOutSteps`,
      [`${ROWS} beginAnew`]: `${STEPS} carryOutSteps`,
      [`${ROWS} noteReopenings`]: `${STEPS} carryOutSteps`,
      [`${INCIDENTS}/common-incidents.ts openCommon`]: "keepIncidentOf",
      [`${INCIDENTS}/end-quiet-incidents.ts noteQuiet`]: "endQuietIncidents",
      [`${INCIDENTS}/end-quiet-incidents.ts close`]: "endQuietIncidents",
      [`${REGISTRY}/pos-servers.ts leaveRemoved`]: SAME,
      [`${REGISTRY}/pos-servers.ts moveInIncidents`]: SAME,
      "monitor/remove-old-history.ts removeOldIncidents": null,
      "monitor/restaurants/acknowledge.ts takeCare": "recordAndQueue",
      "monitor/restaurants/acknowledge.ts endOne": "recordAndQueue",
      "monitor/restaurants/end-acknowledgements.ts end": "recordEnds",
      // Those were over before anybody could be notified.
      "demo/state-history.ts writePastIncident": null,
    },
  },
  "copies of the registry": {
    calls: ["copyRegistry"],
    columns: {
      posServer: ["organizationId", "parked", "nameSort", "searchText"],
      organization: ["nameSort", "archivedAt"],
      tag: "all",
    },
    rows: ["posServerTag", "posStatus"],
    writers: {
      [`${REGISTRY}/registry.ts addPosServer`]: SAME,
      [`${REGISTRY}/registry.ts reconnectPosServer`]: SAME,
      [`${REGISTRY}/pos-servers.ts changePosServer`]: SAME,
      [`${REGISTRY}/pos-servers.ts movePosServer`]: SAME,
      [`${REGISTRY}/organizations.ts changeOrganization`]: SAME,
      [`${REGISTRY}/organizations.ts setArchived`]: SAME,
      "monitor/restaurants/park-pos-server.ts setParked": SAME,
      "monitor/restaurants/tags.ts setTags": SAME,
      // Of those that are there only what was polled.
      "monitor/polling/save-results.ts updateStatuses": null,
    },
  },
  "the one writer of the copies": {
    calls: [],
    columns: {
      posStatus: [
        ...["organizationId", "standing", "organizationSort", "nameSort"],
        ...["searchText", "tagIds", "tagSearch"],
      ],
    },
    rows: [],
    writers: {
      "monitor/restaurants/copy-registry.ts copyRegistry": null,
      // What these spread is none of them.
      "monitor/fleet/opening-hours/keep-closings.ts keepClosing": null,
      "demo/state-history.ts writeStateHistory": null,
    },
  },
  "the queues themselves": {
    calls: [],
    columns: { troubleChange: "all", incidentChange: "all" },
    rows: ["troubleChange", "incidentChange"],
    writers: {
      "monitor/restaurants/queue-changes.ts queueTroubleChanges": null,
      "monitor/restaurants/queue-changes.ts queueIncidentChanges": null,
      [`${INCIDENTS}/keep-troubles.ts takeQueued`]: null,
      "monitor/notifications/queue-notifications.ts takeDue": null,
      "monitor/notifications/queue-notifications.ts queueSome": null,
    },
  },
};

interface Statement {
  /** "file function" */
  writer: string;
  kind: "update" | "rows";
  table: string;
  /** Up to its end. */
  text: string;
}

const files = globSync("**/*.ts", { cwd: SOURCES }).map((file) => ({
  file,
  text: readFileSync(join(SOURCES, file), "utf8"),
}));

/** The functions at the top of a file, each with its text. */
function functionsOf(text: string): { name: string; at: number; body: string }[] {
  const found = [...text.matchAll(/^(?:export )?(?:default )?(?:async )?(?:function|const) (\w+)/gm)];
  return found.map(({ index: at, 1: name = "" }, position) => ({
    name,
    at,
    body: text.slice(at, found[position + 1]?.index),
  }));
}

/** Every statement that writes, by the query builder or as SQL. */
function statementsOf(file: string, text: string): Statement[] {
  const functions = functionsOf(text);
  const built = /\.(updateTable|insertInto|deleteFrom|replaceInto|mergeInto)\(\s*(?:"(\w+)[^"]*"|(.))/g;
  const asText = /\b(update|insert(?: or \w+)? into|replace into|delete from)\s+(?:"?(\w+)|\$\{)/g;
  return [...text.matchAll(built), ...text.matchAll(asText)].map(
    ({ index, 1: verb = "", 2: table = "" }) => ({
      writer: `${file} ${functions.findLast(({ at }) => at < index)?.name}`,
      kind: verb.startsWith("update") ? "update" : "rows",
      table,
      text: text.slice(index, text.indexOf(";\n", index)),
    }),
  );
}

/** Whether an update sets one of these columns, or what cannot be seen here. */
function sets(text: string, columns: readonly string[] | "all"): boolean {
  const values = text.split(".set(").slice(1).map(upToItsEnd);
  const isPlain = values.every((value) => /^(?:\([^)]*\) => \()?\{/.test(value) && !value.includes("..."));
  if (columns === "all" || values.length === 0 || !isPlain) return true;
  return columns.some((column) => values.some((value) => new RegExp(`\\b${column}\\b`).test(value)));
}

/** What stands before the parenthesis that closes it. */
function upToItsEnd(text: string): string {
  let depth = 1;
  const end = [...text].findIndex((sign) => {
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    return depth === 0;
  });
  return text.slice(0, end);
}

const statements = files.flatMap(({ file, text }) => statementsOf(file, text));

for (const [what, { calls, columns, rows, writers }] of Object.entries(FOLLOWED)) {
  const followed = statements.filter(({ kind, table, text }) =>
    kind === "rows" ? rows.includes(table) : columns[table] !== undefined && sets(text, columns[table]),
  );

  test(`${what}: nobody else writes what is followed`, async (t) => {
    t.strictSame([...new Set(followed.map(({ writer }) => writer))].sort(), Object.keys(writers).sort());
  });

  test(`${what}: whoever writes it calls what follows`, async (t) => {
    const silent = Object.entries(writers).filter(([writer, caller]) => {
      if (caller === null) return false;
      const [file = "", name = ""] = writer.split(" ");
      const [callingFile, callingName] = caller.includes(" ") ? caller.split(" ") : [file, caller];
      const body = bodyOf(callingFile ?? "", callingName === SAME ? name : (callingName ?? ""));
      return !calls.some((call) => body.includes(`${call}(`));
    });
    t.strictSame(silent, []);
  });
}

test("tables that are named at run time are those of requests and tokens", async (t) => {
  const named = statements.filter(({ table, text }) => table === "" && !/^\.\w+\(plain\w*\(/.test(text));
  const removed = "monitor/remove-old-history.ts remove";
  t.strictSame([...new Set(named.map(({ writer }) => writer))], [removed], "and what was over long ago");
  t.ok(statements.length > 150, "statements are found");
});

function bodyOf(file: string, name: string): string {
  const text = files.find((one) => one.file === file)?.text ?? "";
  return functionsOf(text).find((one) => one.name === name)?.body ?? "";
}
