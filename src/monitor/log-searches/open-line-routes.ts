import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import { createLogRequest } from "../log-archives/create-log-request.ts";
import { DEFAULT_MEGABYTES, MEGABYTE } from "../log-archives/log-request-form.ts";
import { listLogRequests } from "../log-archives/log-requests.ts";
import { findArchiveOf } from "../log-archives/store/find-archive.ts";
import { timeInFileUrl } from "../log-viewer/archive-page.ts";
import { found } from "../plugins/found.ts";
import { findLine } from "./find-results.ts";
import { findSearch } from "./searches.ts";
import { longestPart } from "./sought-text.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;
const MINUTE_MS = 60_000;
const LineForm = Type.Object({ posServer: Text });

type FoundLine = NonNullable<Awaited<ReturnType<typeof findLine>>>;

/** «Лог»: the viewer at a line that was found; its log is fetched first, unless it is there. */
export async function openLineRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post<WithId>("/log-searches/:id/lines", ACCESS, async (request, reply) => {
    const { line, search } = await findAsked(request, readForm(LineForm, request.body).posServer);
    const url = await findViewer(line, search.text);
    if (url) return reply.leadTo(url);
    const [fromAt, toAt] = [line.lastAt - 30 * MINUTE_MS, line.lastAt + 30 * MINUTE_MS];
    const wanted = { fromAt, toAt, maxBytes: DEFAULT_MEGABYTES * MEGABYTE };
    const { id } = await db
      .transaction()
      .execute((trx) => createLogRequest(trx, request.actor(), line, wanted, app.clock()));
    app.logRequests.wake();
    const query = new URLSearchParams({ leadsTo: `/log-searches/${search.id}/lines/${line.id}` });
    return reply.redirect(`/log-requests/${id}?${query}`, 303);
  });

  /** Where the request for its log leads to; a file that is not in what came was rotated away meanwhile, or is too large. */
  app.get<{ Params: { id: string; posServer: string } }>(
    "/log-searches/:id/lines/:posServer",
    ACCESS,
    async (request, reply) => {
      const { line, search } = await findAsked(request, request.params.posServer);
      const url = await findViewer(line, search.text);
      const [newest] = await listLogRequests(db, line.id, 1);
      return reply.redirect(url ?? (newest ? `/log-requests/${newest.id}` : `/pos-servers/${line.id}`), 303);
    },
  );

  async function findAsked(request: FastifyRequest<WithId>, posServer: string) {
    const [id, posServerId] = [readId(request.params.id) ?? 0, readId(posServer) ?? 0];
    const search = found(await findSearch(db, request.signedInUser().id, id, app.clock()));
    const line = found(await findLine(db, request.viewer.organizations, id, posServerId));
    return { search, line };
  }

  /** The address at which the viewer shows a line; null while no archive that was fetched after it has its file. */
  async function findViewer(line: FoundLine, sought: string): Promise<string | null> {
    const { id: posServerId, file, lastAt: after, lineAt, utcOffsetMinutes } = line;
    const archiveId = await findArchiveOf(db, { posServerId, file, after });
    if (archiveId === null) return null;
    const atItsClock = lineAt + (utcOffsetMinutes ?? 0) * MINUTE_MS;
    return timeInFileUrl({ id: archiveId }, file, atItsClock, longestPart(sought));
  }
}
