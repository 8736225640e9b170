import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { createAdmission } from "../../access/attempt-limit.ts";
import { findToken, noteUse } from "../../access/stored-tokens.ts";
import { FRESH_MS, keepFindings } from "../../database/keep-findings.ts";
import { readForm, Text } from "../../forms/fields.ts";
import { tagOf } from "../../plugins/hypermedia.ts";
import { readHealth } from "../../pos-servers/health.ts";
import { freshnessModel } from "../../viewer/pages.ts";
import { presentationFor, type Viewer } from "../../viewer/viewer.ts";
import { findWall } from "./find-wall.ts";
import { createQuartersReader } from "./quarters.ts";
import { wallModel } from "./wall-model.ts";

const MAX_KEPT = 100;
/** Without JavaScript. */
const RELOAD_SECONDS = 15;

const WallQuery = Type.Object({ token: Text });

/** `/wall?token=…`: read-only, for a screen in the room. Nobody signs in there; the token is a secret. */
export async function showWallRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const admit = createAdmission(app.database, app.clock, (token) => findToken(db, "wall", token));
  const readQuarters = createQuartersReader(db);
  const keep = keepFindings<Awaited<ReturnType<typeof find>>>({
    database: app.database,
    clock: app.clock,
    maxKept: MAX_KEPT,
    maxAgeMs: FRESH_MS,
  });

  const options = {
    config: { access: "public", session: false },
    helmet: { referrerPolicy: { policy: "no-referrer" } },
  } as const;
  app.get("/wall", options, async (request, reply) => {
    const { token } = readForm(WallQuery, request.query);
    const admission = await admit(token, request.ip);
    if (admission === "tooMany") return await refuse(reply);
    if (admission === "unknown" || admission.isDead || app.clock() >= admission.endsAt)
      return reply.callNotFound();

    await noteUse(app, admission);
    const { id, access: organizations, language, timeZone } = admission;
    const viewer = {
      user: null,
      organizations,
      ...presentationFor(language ?? undefined, timeZone ?? undefined),
    };
    const { model, tag, foundAt } = await keep(String(id), () => find(viewer));
    const shown = {
      ...model,
      clock: viewer.format.clock(foundAt, foundAt),
      freshness: freshnessModel(viewer, { url: `/wall?token=${token}`, tag, now: foundAt }),
      assets: app.assetUrl(""),
    };
    if (request.isPartial) {
      return reply.polledPart(tag, () => app.renderFragment("wall/_refreshed", viewer, shown));
    }
    const page = {
      ...shown,
      timeZone: viewer.timeZone,
      reloadSeconds: RELOAD_SECONDS,
      assetUrl: app.assetUrl,
    };
    return reply
      .type("text/html; charset=utf-8")
      .header("vary", "HX-Request-Type")
      .send(app.renderFragment("wall/page", viewer, page));
  });

  async function find(viewer: Viewer) {
    const now = app.clock();
    const found = await findWall(db, app.fleet, readQuarters, viewer, now);
    const model = wallModel(viewer, { ...found, health: readHealth(app, now) }, now);
    return { model, tag: tagOf(viewer, [app.assetUrl(""), model]), foundAt: now };
  }

  async function refuse(reply: FastifyReply) {
    const { t } = reply.request.viewer;
    const message = t("invitation.tooManyText");
    return await reply.code(429).page("errors/page", { title: t("invitation.tooManyTitle"), message });
  }
}
