import { hash } from "@node-rs/argon2";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import type { Test } from "tap";
import { addUser } from "../../src/monitor/access/users.ts";
import { startMonitor, type TestMonitor, type TestMonitorOptions } from "./app.ts";
import { beginTestSession } from "./session.ts";

export const PASSWORD = "correct horse battery";

export interface TestUser {
  login?: string;
  name?: string;
  isAdministrator?: boolean;
  /** Ids for which they have the right, or all present and future ones. */
  organizations?: readonly number[] | "all";
}

export type TestBrowser = ReturnType<typeof openBrowser>;

/** As weak as can be: tests sign in a thousand times. */
const CHEAP = { memoryCost: 8, timeCost: 1, parallelism: 1 };

let passwordHash: Promise<string> | null = null;
let added = 0;

/** Adds a user and signs them in through `/login`. */
export async function signedIn(monitor: TestMonitor, user: TestUser = {}): Promise<TestBrowser> {
  const { db } = monitor;
  const { login = `user-${++added}`, name = login, isAdministrator = false, organizations = [] } = user;
  passwordHash ??= hash(PASSWORD, CHEAP);
  const newUser = { login, name, isAdministrator, passwordHash: await passwordHash };
  const userId = await addUser(db, newUser, monitor.clock());
  if (organizations === "all") {
    await db.updateTable("user").set({ hasAllOrganizations: 1 }).where("id", "=", userId).execute();
  } else if (organizations.length > 0) {
    const rights = organizations.map((organizationId) => ({ userId, organizationId }));
    await db.insertInto("userOrganization").values(rights).execute();
  }
  const browser = openBrowser(monitor.app, userId);
  const answer = await browser.post("/login", { login, password: PASSWORD });
  if (answer.statusCode !== 303) throw new Error(`${login} was answered with ${answer.statusCode}`);
  return browser;
}

export async function startFor(t: Test, person: TestUser, options: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, options);
  const user = await signedIn(monitor, person);
  return { monitor, user, db: monitor.app.database.db };
}

export async function startAdministered(t: Test, options: TestMonitorOptions = {}) {
  const { user: admin, ...started } = await startFor(t, { isAdministrator: true }, options);
  return { ...started, admin };
}

/** A browser in which nobody has signed in unless it has a session: it keeps cookies and sends the CSRF token of forms. */
export function openBrowser(app: FastifyInstance, userId = 0, session?: string) {
  const cookies: Record<string, string> = { timeZone: "Europe/Moscow", ...(session && { session }) };

  async function get(url: string, headers: Record<string, string> = {}) {
    return keepCookies(await app.inject({ url, headers, cookies }));
  }

  async function send(url: string, payload: string | Buffer, headers: Record<string, string>) {
    return keepCookies(await app.inject({ method: "POST", url, cookies, headers, payload }));
  }

  async function token(): Promise<string> {
    const page = await get("/a-page-that-is-not-there"); // every page has a form with a token, also this one
    return /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  }

  async function post(
    url: string,
    fields: Record<string, string | string[]> = {},
    headers: Record<string, string> = {},
  ) {
    const form = new URLSearchParams({ _csrf: await token() });
    for (const [name, values] of Object.entries(fields))
      for (const value of [values].flat()) form.append(name, value);
    const type = "application/x-www-form-urlencoded";
    return await send(url, form.toString(), { "content-type": type, ...headers });
  }

  function keepCookies(answer: LightMyRequestResponse): LightMyRequestResponse {
    for (const { name, value } of answer.cookies) {
      if (value) cookies[name] = value;
      else delete cookies[name];
    }
    return answer;
  }

  return {
    userId,
    get,
    post,
    send,
    token,
    html: async (url: string) => (await get(url)).body,
    text: async (url: string) => textOf((await get(url)).body),
  };
}

export async function signInStatus(app: FastifyInstance, login: string, password = PASSWORD) {
  return (await openBrowser(app).post("/login", { login, password })).statusCode;
}

/** What no page says, neither in a text nor in an attribute: something was missing where it was made. */
export const UNMADE = /\[object Object\]|\bundefined\b|\bNaN\b|\bInvalid Date\b/g;

export interface PageRequest {
  language?: "ru" | "en";
  timeZone?: string;
  /** Ask for the part that refreshes itself, as htmx does, with the tag that it shows. */
  refresh?: { tag?: string };
}

const sessions = new WeakMap<FastifyInstance, Promise<string>>();

/** The cookie of an administrator's session, one for each app. */
export async function sessionOf(app: FastifyInstance): Promise<string> {
  const session = sessions.get(app) ?? beginTestSession(app.database.db);
  sessions.set(app, session);
  return await session;
}

/** Asks for a page as an administrator's browser does; Russian and Moscow's time unless told. */
export async function getPage(
  app: FastifyInstance,
  url: string,
  { language = "ru", timeZone = "Europe/Moscow", refresh }: PageRequest = {},
): Promise<LightMyRequestResponse> {
  return await app.inject({
    url,
    cookies: { language, timeZone, session: await sessionOf(app) },
    headers: refresh ? { "hx-request-type": "partial", ...(refresh.tag && { "hx-ptag": refresh.tag }) } : {},
  });
}

type Asked = Parameters<typeof getPage>;
export const getHtml = async (...asked: Asked) => (await getPage(...asked)).body;
export const getText = async (...asked: Asked) => textOf(await getHtml(...asked));

/** The rows of the table as they were sent, and what a reader sees of them. */
export function rowsOf(html: string) {
  return [...html.matchAll(/<tr id="pos-server-(\d+)" data-state="(\w+)"[\s\S]*?<\/tr>/g)].map(
    ([row, id, state = ""]) => ({ id: Number(id), state, html: row, text: textOf(row) }),
  );
}

export async function getMenu(app: FastifyInstance, id: number): Promise<string> {
  return await getHtml(app, `/pos-servers/${id}/menu`, { refresh: {} });
}

export const idsOf = (html: string): number[] => rowsOf(html).map(({ id }) => id);

export function segmentsOf(html: string): Record<string, number> {
  const segments = html.matchAll(/id="segment-(\w+)"[^>]*><span[^>]*>[^<]*<\/span> <b>([^<]*)<\/b>/g);
  return Object.fromEntries(
    [...segments].map(([, state = "", count = ""]) => [state, Number(count.replace(/\D/g, ""))]),
  );
}

export function textOf(html: string): string {
  return unescapeHtml(html.replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
}

const ESCAPES: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };

export function unescapeHtml(html: string): string {
  return html.replace(/&(lt|gt|quot|#39|amp);/g, (_escape, name: string) => ESCAPES[name] ?? "");
}

export function hrefOf(html: string, tag: RegExp): string {
  const link = [...html.matchAll(/<a [^>]*>/g)].map(([open]) => open).find((open) => tag.test(open));
  return unescapeHtml(link?.match(/href="([^"]*)"/)?.[1] ?? "");
}

/** What a page says above all else. */
export function noticesOf(body: string): string {
  return textOf(/id="page-notices"[^>]*>([\s\S]*?)<\/div>/.exec(body)?.[1] ?? "").replace(/^⚠ /, "");
}
