import { isDeepStrictEqual } from "node:util";
import type SQLite from "better-sqlite3";

const CHANGES = ["insert", "update", "delete"] as const;

interface Seen {
  /** By default every change. */
  after?: readonly (typeof CHANGES)[number][];
  /** Columns whose new values count; by default all. */
  of?: readonly string[];
  /** By default all rows. */
  when?: string;
}

const COME_AND_GONE = { after: ["insert", "delete"] } as const satisfies Seen;

/** After these the poller also reads the registry again. Polls set the identity, which does not count. */
const REGISTRY = {
  organization: {},
  pos_server: {
    of: [
      "organization_id",
      "name",
      "connection",
      "address",
      "sealed_token",
      "fingerprint",
      "poll_interval_ms",
      "parked",
    ],
  },
} satisfies Record<string, Seen>;

/** What people decide, and the steps of what they started. Polls, progress, deliveries and sessions may be seen later. */
export const SEEN_AT_ONCE: Record<string, Seen> = {
  ...REGISTRY,
  parking: {},
  opening_hours: {},
  pos_server_tag: COME_AND_GONE,
  restaurant_note: {},
  acknowledgement: {},
  setting: {},
  network_outage: {},
  log_pattern_set: {},
  user: {},
  user_organization: {},
  session: { after: ["delete"] },
  saved_view: {},
  access_token: COME_AND_GONE,
  database_reset: { of: ["step", "step_at", "failure_code", "waits_since", "finished_at"] },
  service_start: { of: ["status", "failure_code", "waits_since", "finished_at"] },
  channel: {
    of: [
      "name",
      "settings",
      "secrets",
      "language",
      "time_zone",
      "is_enabled",
      "failing_since",
      "failure_code",
    ],
  },
  // Common incidents are shown above the list.
  incident: { after: ["insert", "update"], of: ["closed_at", "cause_id"], when: "new.kind = 'common'" },
};

// Random, since a count would repeat after a transaction is rolled back.
const MOVE_REVISION = "update database_revision set revision = random() >> 11;";
const COUNT_REGISTRY = "update registry_revision set revision = revision + 1;";

/** Recreates the triggers unless they are the wanted ones: a recreated table has lost its own. */
export function keepRevisionTriggers(sqlite: SQLite.Database, list = SEEN_AT_ONCE): void {
  const wanted = Object.entries(list).flatMap(([table, seen]) => triggersOf(table, seen));
  const found = sqlite
    .prepare<[], [string, string]>(
      "select name, sql from sqlite_schema where type = 'trigger' and name glob '*_moves_revision'",
    )
    .raw()
    .all();
  if (isDeepStrictEqual(new Map(found), new Map(wanted))) return;
  sqlite.transaction(() => {
    for (const [name] of found) sqlite.exec(`drop trigger ${name}`);
    for (const [, made] of wanted) sqlite.exec(made);
  })();
}

function triggersOf(table: string, { after = CHANGES, of, when }: Seen): [string, string][] {
  const body = table in REGISTRY ? `${COUNT_REGISTRY} ${MOVE_REVISION}` : MOVE_REVISION;
  const isOther = of && `(${of.map((column) => `old.${column} is not new.${column}`).join(" or ")})`;
  return after.map((change) => {
    const name = `${table}_${change}_moves_revision`;
    const conditions = [change === "update" && isOther, when].filter(Boolean).join(" and ");
    const rows = conditions && ` when ${conditions}`;
    const columns = change === "update" && of ? ` of ${of.join(", ")}` : "";
    return [name, `CREATE TRIGGER ${name} after ${change}${columns} on ${table}${rows} begin ${body} end`];
  });
}
