import { setTimeout as delay } from "node:timers/promises";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import type { Random } from "../helpers/random.ts";
import type { Tally } from "./tally.ts";
import type { World } from "./world.ts";

const CRM_ID = "100237";
const MAX_PAUSE_MS = 1_500;
const ANSWER_WITHIN_MS = 120_000;
/** An answer to what was asked for: also that it cannot be now. */
const EXPECTED_STATUSES = [200, 303, 304, 404, 409, 422, 429, 503];

const PAGES = [
  "/pos-servers",
  "/pos-servers?state=synced",
  "/audit",
  "/organizations",
  "/settings",
  "/healthz",
];
const EXPORTS = ["/pos-servers.xlsx", "/audit.xlsx"];

/** What an administrator does: an address, and the fields of a form where it is one. */
interface Deed {
  kind: string;
  path: string;
  fields?: Record<string, string>;
}

/** An administrator at a browser: looks at pages, asks for logs, resets and starts, until told to stop. */
export async function administrate(
  world: World,
  random: Random,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(random.next() * MAX_PAUSE_MS);
    await carryOut(world, nextDeed(world, random), tally);
  }
}

/** Does one thing; that nobody answers is no problem of this administrator. */
export async function carryOut(world: World, deed: Deed, tally: Tally): Promise<void> {
  const { url } = world.monitor;
  if (url === null) return;
  try {
    const answer = await ask(url, world.session, deed);
    tally.count(deed.kind);
    if (answer.location) tally.accepted.add(answer.location);
    if (EXPECTED_STATUSES.includes(answer.status)) return;
    tally.problems.push(`${deed.path} was answered with ${answer.status}: ${answer.text.slice(0, 300)}`);
  } catch {
    tally.count("requests without an answer");
  }
}

function nextDeed({ posServerIds, agents }: World, random: Random): Deed {
  const ofFleet = random.pick(posServerIds) ?? 1;
  const ofAgent = random.pick(posServerIds.slice(0, agents.length)) ?? 1;
  const die = random.next();
  if (die < 0.35) return { kind: "pages", path: random.pick([...PAGES, `/pos-servers/${ofFleet}`]) ?? "/" };
  if (die < 0.42) return { kind: "exports", path: random.pick(EXPORTS) ?? "/" };
  if (die < 0.55) return { kind: "polls by hand", path: `/pos-servers/${ofFleet}/polls`, fields: {} };
  if (die < 0.75) return logRequest(random.chance(0.8) ? ofAgent : ofFleet);
  if (die < 0.85) return serviceStart(ofAgent);
  const fields = {
    crmId: CRM_ID,
    ...(random.chance(0.5) && { fetchLogs: "1" }),
    ...(random.chance(0.8) && { startService: "1" }),
  };
  return { kind: "resets", path: `/pos-servers/${ofAgent}/database-resets`, fields };
}

function logRequest(posServerId: number): Deed {
  const local = (at: number) => new Date(at).toISOString().slice(0, 16);
  const now = Date.now();
  const fields = { from: local(now - 5 * DAY_MS), to: local(now + DAY_MS), maxMegabytes: "50" };
  return { kind: "log requests", path: `/pos-servers/${posServerId}/log-requests`, fields };
}

export function serviceStart(posServerId: number): Deed {
  return { kind: "service starts", path: `/pos-servers/${posServerId}/service-starts`, fields: {} };
}

/** Asks as a browser does: a form with the token of a page. */
async function ask(url: string, session: string, { path, fields }: Deed) {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const cookie = `session=${session}; timeZone=UTC`;
  if (!fields) return await read(await fetch(`${url}${path}`, { headers: { cookie }, signal }));
  const page = await fetch(`${url}/organizations`, { headers: { cookie }, signal });
  const [, _csrf = ""] = /name="_csrf" value="([^"]+)"/.exec(await page.text()) ?? [];
  const cookies = page.headers.getSetCookie().map((text) => text.split(";")[0]);
  const body = new URLSearchParams({ _csrf, ...fields });
  const headers = { cookie: [cookie, ...cookies].join("; ") };
  return await read(
    await fetch(`${url}${path}`, { method: "POST", redirect: "manual", headers, body, signal }),
  );
}

async function read(answer: Response) {
  return { status: answer.status, text: await answer.text(), location: answer.headers.get("location") };
}
