import type { FastifyInstance } from "fastify";
import { sessionOf } from "./page.ts";
import { type ReadSheet, readWorkbook } from "./workbook.ts";

/** Downloads an Excel file as an administrator and reads it; Russian and Moscow's time unless told. */
export async function downloadWorkbook(
  app: FastifyInstance,
  url: string,
  { language = "ru", timeZone = "Europe/Moscow" }: { language?: "ru" | "en"; timeZone?: string } = {},
): Promise<{ sheets: ReadSheet[]; headers: Record<string, unknown>; bytes: Buffer }> {
  const cookies = { language, timeZone, session: await sessionOf(app) };
  const { statusCode, headers, rawPayload } = await app.inject({ url, cookies });
  if (statusCode !== 200) throw new Error(`${url} was answered with ${statusCode}`);
  return { sheets: await readWorkbook(rawPayload), headers, bytes: rawPayload };
}

/** The values of a sheet's rows under their headings. */
export function tableOf(sheet: ReadSheet | undefined): Record<string, string | number | null>[] {
  const [headings = [], ...rows] = sheet?.values ?? [];
  return rows.map((row) =>
    Object.fromEntries(headings.map((heading, column) => [String(heading), row[column] ?? null])),
  );
}
