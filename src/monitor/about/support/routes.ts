import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { LRUCache } from "lru-cache";
import { Type } from "typebox";
import { ZipFile } from "yazl";
import { recordEvent } from "../../audit-log/record-event.ts";
import { searchText } from "../../database/text.ts";
import { readForm, Text, Texts } from "../../forms/fields.ts";
import { readId } from "../../forms/id.ts";
import { createLogQuestions } from "../../log-patterns/teaching/seen-kinds.ts";
import { whileConnected } from "../../plugins/while-connected.ts";
import { collectSupport, type SupportFile } from "./collect.ts";

const SUPPORT_URL = "/support";
const MAX_OFFERED = 20;
const MAX_POS_SERVERS = 5;
const KEPT_MS = 30 * 60_000;
const Query = Type.Object({ q: Text, posServer: Texts });

/** `/support`: «Собрать для поддержки»: what is collected is shown, and then saved as one zip, just as it was shown. */
export async function supportRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const questions = createLogQuestions({
    db,
    secretBox: app.secretBox,
    client: app.posClient,
    clock: app.clock,
  });
  /** By the user, who has one at a time. */
  const kept = new LRUCache<number, { id: string; files: SupportFile[] }>({ max: 10, ttl: KEPT_MS });

  app.get(`${SUPPORT_URL}/new`, access, async (request, reply) => {
    const { q, posServer } = readForm(Query, request.query);
    const chosen = posServer.map(readId).filter((id) => id !== null);
    return await reply.page("about/support", {
      q,
      offered: await listOffered(q, chosen),
      most: MAX_POS_SERVERS,
    });
  });

  app.post(SUPPORT_URL, access, async (request, reply) => {
    const ids = readForm(Query, request.body)
      .posServer.map(readId)
      .filter((id) => id !== null);
    const chosen = ids.slice(0, MAX_POS_SERVERS);
    const files = await whileConnected(reply, (signal) =>
      collectSupport(app, questions, request.viewer, chosen, signal),
    );
    if (files === "left") return reply;
    const id = randomUUID();
    kept.set(request.signedInUser().id, { id, files });
    return reply.redirect(`${SUPPORT_URL}/${id}`, 303);
  });

  app.get<{ Params: { id: string } }>(`${SUPPORT_URL}/:id`, access, async (request, reply) => {
    const found = kept.get(request.signedInUser().id);
    if (found?.id !== request.params.id) return reply.callNotFound();
    return await reply.page("about/collected", {
      files: found.files,
      url: `${SUPPORT_URL}/${found.id}/archive`,
    });
  });

  app.get<{ Params: { id: string } }>(`${SUPPORT_URL}/:id/archive`, access, async (request, reply) => {
    const found = kept.get(request.signedInUser().id);
    if (found?.id !== request.params.id) return reply.callNotFound();
    await recordEvent(db, request.actor(), { action: "support_collect" }, app.clock());
    const archive = new ZipFile();
    for (const { name, text } of found.files) archive.addBuffer(Buffer.from(text), name);
    archive.end();
    reply.header("content-disposition", 'attachment; filename="poswatch-support.zip"');
    return reply.type("application/zip").send(archive.outputStream);
  });

  /** Those that were asked for, and what is worst. */
  async function listOffered(q: string, chosen: readonly number[]) {
    const rows = await db
      .selectFrom("posStatus")
      .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
      .innerJoin("organization", "organization.id", "posServer.organizationId")
      .select(["posServer.id", "posServer.name", "organization.name as organization"])
      .where("standing", "=", "active")
      .where(({ eb, or, fn, val }) =>
        or([
          ...(chosen.length > 0 ? [eb("posServer.id", "in", [...chosen])] : []),
          eb(fn<number>("instr", ["posStatus.searchText", val(searchText(q))]), ">", 0),
        ]),
      )
      .orderBy(({ eb, val }) => (chosen.length > 0 ? eb("posServer.id", "in", [...chosen]) : val(0)), "desc")
      .orderBy("stateRank")
      .orderBy("stateAge")
      .limit(MAX_OFFERED)
      .execute();
    return rows.map((row) => ({ ...row, isChosen: chosen.includes(row.id) }));
  }
}
