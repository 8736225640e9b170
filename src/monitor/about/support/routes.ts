import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { Type } from "typebox";
import { recordEvent } from "../../audit-log/record-event.ts";
import { searchText } from "../../database/text.ts";
import { readForm, readId, Text, Texts, type WithId } from "../../forms/fields.ts";
import { createLogQuestions } from "../../log-patterns/teaching/seen-kinds.ts";
import { found } from "../../plugins/found.ts";
import { whileConnected } from "../../plugins/while-connected.ts";
import { collectSupport, type SupportFile, zipOf } from "./collect.ts";

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
    const offered = await listOffered(q, idsOf(posServer));
    return await reply.page("about/support", { q, offered, most: MAX_POS_SERVERS });
  });

  app.post(SUPPORT_URL, access, async (request, reply) => {
    const chosen = idsOf(readForm(Query, request.body).posServer).slice(0, MAX_POS_SERVERS);
    const files = await whileConnected(reply, (signal) =>
      collectSupport(app, questions, request.viewer, chosen, signal),
    );
    if (files === "left") return reply;
    const id = randomUUID();
    kept.set(request.signedInUser().id, { id, files });
    return reply.redirect(`${SUPPORT_URL}/${id}`, 303);
  });

  app.get<WithId>(`${SUPPORT_URL}/:id`, access, async (request, reply) => {
    const { id, files } = collectedBy(request);
    return await reply.page("about/collected", { files, url: `${SUPPORT_URL}/${id}/archive` });
  });

  app.get<WithId>(`${SUPPORT_URL}/:id/archive`, access, async (request, reply) => {
    const { files } = collectedBy(request);
    await recordEvent(db, request.actor(), { action: "support_collect" }, app.clock());
    reply.header("content-disposition", 'attachment; filename="poswatch-support.zip"');
    return reply.type("application/zip").send(zipOf(files));
  });

  function collectedBy(request: FastifyRequest<WithId>) {
    const own = kept.get(request.signedInUser().id);
    return found(own?.id === request.params.id ? own : null);
  }

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

function idsOf(texts: readonly string[]): number[] {
  return texts.map(readId).filter((id) => id !== null);
}
