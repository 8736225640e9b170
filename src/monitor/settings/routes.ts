import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { findCommonNewestVersion } from "../fleet/required-version.ts";
import { readForm, Text, Tick } from "../forms/fields.ts";
import { readSettings } from "../installation/settings.ts";
import { readWitnesses, writeWitness } from "../polling/own-network/witnesses.ts";
import { changeSettings } from "./change-settings.ts";
import { SETTING_FIELDS, shownValues } from "./fields.ts";
import { settingsPageModel } from "./page-model.ts";
import { readSettingsForm, type SettingProblems } from "./settings-form.ts";

const SettingsForm = Type.Object(Object.fromEntries(SETTING_FIELDS.map(({ name }) => [name, Text])));
const SettingsQuery = Type.Object({ saved: Tick });

/** `/settings`: a change counts at once, in every process. */
export async function settingsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  async function show(reply: FastifyReply, typed: Record<string, string>, problems: SettingProblems = {}) {
    const newestVersion = await findCommonNewestVersion(db);
    const { viewer, query } = reply.request;
    const { port, agentListener } = app.config;
    const agentPort = String(agentListener?.port ?? port);
    const page = { typed, problems, newestVersion, heartbeat: app.outgoingHeartbeat.last(), agentPort };
    const model = settingsPageModel(viewer, page, app.clock());
    const isSaved = readForm(SettingsQuery, query).saved && !model.hasProblems;
    return await reply.page("settings/page", { ...model, isSaved });
  }

  app.get("/settings", { config: { access: "administrator" } }, async (_request, reply) =>
    show(reply, shownValues(await readSettings(db))),
  );

  app.post("/settings", { config: { access: "administrator" } }, async (request, reply) => {
    const typed = readForm(SettingsForm, request.body);
    const form = readSettingsForm(typed);
    if (!form.ok) return await show(reply.code(422), typed, form.problems);
    const silent = await findSilentWitness(form.settings.witnesses);
    if (silent !== null) {
      const problem = { message: "settings.problem.witnessSilent", values: { address: silent } };
      return await show(reply.code(422), typed, { witnesses: problem });
    }
    await changeSettings(db, request.actor(), form.settings, app.clock());
    return reply.redirect("/settings?saved=1", 303);
  });

  /** A witness that never answers would hide every failure, so each has to answer when it is added. */
  async function findSilentWitness(wanted: string): Promise<string | null> {
    const { witnesses: known } = await readSettings(db);
    if (wanted === known) return null;
    const read = readWitnesses(wanted);
    const witnesses = "witnesses" in read ? read.witnesses : [];
    const answers = await Promise.all(witnesses.map(app.reachWitness));
    const silent = witnesses[answers.indexOf(false)];
    return silent ? writeWitness(silent) : null;
  }
}
