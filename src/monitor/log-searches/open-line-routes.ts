import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { readForm, Text } from "../forms/fields.ts";
import { readId, type WithId } from "../forms/id.ts";
import { createLogRequest } from "../log-archives/create-log-request.ts";
import { DEFAULT_MEGABYTES } from "../log-archives/log-request-form.ts";
import { findLine } from "./find-results.ts";
import { findLineUrl } from "./open-line.ts";
import { findSearch } from "./searches.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;
/** Of what is asked for, on either side of the line. */
const AROUND_MS = 30 * 60_000;
const MEGABYTE = 1024 * 1024;
const LineForm = Type.Object({ posServer: Text });

interface LineRoute extends WithId {
  Params: { id: string; posServer: string };
}

/** «Лог»: the viewer at a line that was found; first its log is fetched, unless it is there. */
export async function openLineRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post<WithId>("/log-searches/:id/lines", ACCESS, async (request, reply) => {
    const { posServer } = readForm(LineForm, request.body);
    const found = await findAsked(request, request.params.id, posServer);
    if (!found) return reply.callNotFound();
    const { line, search } = found;
    const url = await findLineUrl(app, line, search.text);
    if (url) return reply.leadTo(url);
    const wanted = {
      fromAt: line.lastAt - AROUND_MS,
      toAt: line.lastAt + AROUND_MS,
      maxBytes: DEFAULT_MEGABYTES * MEGABYTE,
    };
    const created = await db
      .transaction()
      .execute((trx) => createLogRequest(trx, request.actor(), line, wanted, app.clock()));
    app.logRequests.wake();
    const query = new URLSearchParams({ leadsTo: `/log-searches/${search.id}/lines/${line.id}` });
    return reply.redirect(`/log-requests/${created.id}?${query}`, 303);
  });

  /** Where the request for its log leads to once that is there. */
  app.get<LineRoute>("/log-searches/:id/lines/:posServer", ACCESS, async (request, reply) => {
    const { id, posServer } = request.params;
    const found = await findAsked(request, id, posServer);
    if (!found) return reply.callNotFound();
    const url = await findLineUrl(app, found.line, found.search.text);
    if (url) return reply.redirect(url, 303);
    // What came has not that file: it was rotated away meanwhile, or is too large.
    const { id: newest } = await db
      .selectFrom("logRequest")
      .select(({ fn }) => fn.max("id").as("id"))
      .where("posServerId", "=", found.line.id)
      .executeTakeFirstOrThrow();
    return reply.redirect(newest === null ? `/pos-servers/${found.line.id}` : `/log-requests/${newest}`, 303);
  });

  async function findAsked(request: FastifyRequest, searchText: string, posServerText: string) {
    const [searchId, posServerId] = [readId(searchText), readId(posServerText)];
    if (searchId === null || posServerId === null) return null;
    const search = await findSearch(db, request.signedInUser().id, searchId, app.clock());
    const line = search && (await findLine(db, request.viewer.organizations, search.id, posServerId));
    return line ? { search, line } : null;
  }
}
