import type { LightMyRequestResponse } from "fastify";
import type { Test } from "tap";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { type Scope, teachLogPatterns } from "../../src/monitor/log-patterns/sets/pattern-sets.ts";
import { readSetsInForce } from "../../src/monitor/log-patterns/sets/sets-in-force.ts";
import { kindId } from "../../src/monitor/log-patterns/teaching/seen-kinds.ts";
import type { TaughtPatterns } from "../../src/protocol/log-patterns.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { signedIn, type TestBrowser, unescapeHtml } from "../helpers/page.ts";
import { kindOf, NO_TRIAL, startTeachableServer } from "../helpers/teachable-server.ts";

export const ACTOR = { userId: null, login: "anna", name: "Анна", address: "10.1.2.3" };
export const DONE = "SyncJob # done in # ms";
export const BROKE = "SyncJob # broke: «…»";
export const DONE_PATTERN = "SyncJob \\S+ done in \\S+ ms";
export const BROKE_PATTERN = "(?<message>SyncJob \\S+ broke:.*)";

/** The field in which a line is marked. */
export const field = (text: string) => `kind-${kindId(text)}`;

/** A POS server whose log no agent can read, and an administrator who is about to teach it. */
export async function startTeaching(t: Test) {
  const monitor = await startMonitor(t);
  const server = await startTeachableServer(t, monitor.clock);
  const at = (agoMs: number) => new Date(monitor.clock() - agoMs).toISOString();
  server.reported = { syncedAgoMs: null, logs: { found: true, unmatched: true } };
  server.kinds = {
    lines: 4_321,
    isCut: true,
    kinds: [
      kindOf("Request # from till #", { count: 4_000, lastAt: at(0), example: "Request 17 from till 2" }),
      kindOf(DONE, { count: 212, lastAt: at(3 * MINUTE_MS), example: "SyncJob 5 done in 31 ms" }),
      kindOf(BROKE, { count: 5, level: "ERROR", example: "SyncJob 6 broke: «нет места»" }),
      kindOf("OK", { count: 2 }),
      kindOf("Guest # asked", { example: "Guest +79161234567 asked" }),
    ],
  };
  server.trial = {
    ...NO_TRIAL,
    succeeded: { count: 212, last: { at: at(3 * MINUTE_MS), text: "SyncJob 5 done in 31 ms" } },
    failed: { count: 5, last: { at: at(20 * MINUTE_MS), text: "SyncJob 6 broke: guest +79161234567" } },
  };
  const id = await monitor.addPosServer({ address: server.address, fingerprint: server.fingerprint });
  await monitor.app.pollNow(id);
  const admin = await signedIn(monitor, { name: "Анна", isAdministrator: true });
  const url = `/pos-servers/${id}`;
  return {
    monitor,
    server,
    id,
    admin,
    url,
    ...teacherOf(admin, url),
    teach: (scope: Scope, some: Partial<TaughtPatterns>, name?: string) =>
      teach(monitor, id, scope, some, name),
    /** What was taught so far, oldest first. */
    async sets() {
      const rows = await monitor.db.selectFrom("logPatternSet").selectAll().orderBy("id").execute();
      return rows.map(({ patterns, posServerId, userName }) => ({
        patterns: JSON.parse(patterns),
        posServerId,
        userName,
      }));
    },
  };
}

/** Teaches a POS server or all of them, as somebody does whose form is not the point. */
export async function teach(
  { db, clock }: TestMonitor,
  id: number,
  scope: Scope,
  some: Partial<TaughtPatterns>,
  name: string | null = ACTOR.name,
) {
  const { ofAll, own } = await readSetsInForce(db, id);
  const seen = { all: ofAll?.id ?? null, own: own.get(id)?.id ?? null };
  const source = { id, name: "Тверская", organizationId: 1 };
  const wanted = { scope, basis: scope, seen, patterns: { ...NO_PATTERNS, ...some }, source };
  const changed = await teachLogPatterns(db, { ...ACTOR, name }, wanted, clock());
  if (changed !== null) throw new Error("somebody else taught meanwhile");
}

/** What somebody does on the page where the log of a POS server is taught. */
export function teacherOf(browser: TestBrowser, url: string) {
  const open = () => browser.get(`${url}/log-patterns`);

  /** Sends the form of a page with changes, to be saved unless told. */
  async function send({ body }: LightMyRequestResponse, changes: Record<string, string> = {}) {
    const form = { ...formOf(body), step: "save", ...changes };
    return await browser.post(`${url}/${form.step === "save" ? "log-patterns" : "log-pattern-trials"}`, form);
  }

  return { open, send, save: async (changes: Record<string, string>) => await send(await open(), changes) };
}

const FIELDS = [
  /<input type="hidden" name="([^"]+)" value="([^"]*)"/g,
  /<select name="([^"]+)"[^>]*>(?:(?!<\/select>)[\s\S])*value="(\w+)" selected/g,
  /<textarea id="(\w+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  /name="(scope)" value="(\w+)" checked/g,
  /name="(q)" type="search" value="([^"]*)"/g,
];

/** The form of a page as a browser would send it, but for its token. */
export function formOf(html: string): Record<string, string> {
  const [, form = ""] = /<form [^>]*id="teaching"([\s\S]*?)<\/form>/.exec(html) ?? [];
  const { _csrf, ...fields } = Object.fromEntries(FIELDS.flatMap((pattern) => pairsIn(form, pattern)));
  return fields;
}

/** What is said beside the fields of a page. */
export const problemsOf = (html: string) =>
  Object.fromEntries(pairsIn(html, /id="problem-([^"]+)">([^<]*)/g));

function pairsIn(html: string, pattern: RegExp) {
  return [...html.matchAll(pattern)].map(([, name = "", value = ""]) => [name, unescapeHtml(value)] as const);
}
