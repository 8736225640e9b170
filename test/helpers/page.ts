import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { beginTestSession } from "./session.ts";

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

/** The same page as it is sent. */
export async function getHtml(...asked: Parameters<typeof getPage>): Promise<string> {
  return (await getPage(...asked)).body;
}

/** The same page as it is read. */
export async function getText(...asked: Parameters<typeof getPage>): Promise<string> {
  return textOf(await getHtml(...asked));
}

/** A row of the table as it was sent. */
export interface ShownRow {
  id: number;
  state: string;
  html: string;
  /** What a reader sees in each cell, without the markup. */
  text: string;
}

export function rowsOf(html: string): ShownRow[] {
  return [...html.matchAll(/<tr id="pos-server-(\d+)" role="row" data-state="(\w+)"[\s\S]*?<\/tr>/g)].map(
    ([row, id, state = ""]) => ({ id: Number(id), state, html: row, text: seenIn(row) }),
  );
}

export function idsOf(html: string): number[] {
  return rowsOf(html).map(({ id }) => id);
}

/** The counts of the segments by name, the rare ones too. */
export function segmentsOf(html: string): Record<string, number> {
  const segments = html.matchAll(/id="segment-(\w+)"[^>]*><span[^>]*>[^<]*<\/span> <b>([^<]*)<\/b>/g);
  return Object.fromEntries(
    [...segments].map(([, state = "", count = ""]) => [state, Number(count.replace(/\D/g, ""))]),
  );
}

/** What a reader sees of rows: not what opens beside them. */
export function seenIn(html: string): string {
  return textOf(html.replace(/<div class="popup reason-whole"[\s\S]*?<\/div>/g, ""));
}

export function textOf(html: string): string {
  return unescapeHtml(html.replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
}

export function unescapeHtml(html: string): string {
  return html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** The address of the first link whose tag matches. */
export function hrefOf(html: string, tag: RegExp): string {
  const link = [...html.matchAll(/<a [^>]*>/g)].map(([open]) => open).find((open) => tag.test(open));
  return unescapeHtml(link?.match(/href="([^"]*)"/)?.[1] ?? "");
}

/** What a page says above all else. */
export function noticesOf(body: string): string {
  return textOf(/id="page-notices"[^>]*>([\s\S]*?)<\/div>/.exec(body)?.[1] ?? "").replace(/^⚠ /, "");
}
