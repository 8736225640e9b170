import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { findCommonNewestVersion } from "../fleet/fleet.ts";
import { readForm, Text, Texts, Tick } from "../forms/fields.ts";
import { mayHavePath } from "../installation/addresses.ts";
import { DEFAULT_SETTINGS, readSettings } from "../installation/settings.ts";
import { readWitnesses, writeWitness } from "../polling/own-network/witnesses.ts";
import { changeSettings } from "./change-settings.ts";
import { SETTING_FIELDS, SETTING_PAGES, type SettingPage, shownValues } from "./fields.ts";
import { settingsPageModel } from "./page-model.ts";
import { readSettingsForm, type SettingProblems } from "./settings-form.ts";

const MAX_SEARCH_LENGTH = 80;
/** `field`: those that the page had; `restore`: the one that gets its default back. */
const SettingsForm = Type.Object({ field: Texts, page: Text, q: Text, restore: Text });
const SettingValues = Type.Object(Object.fromEntries(SETTING_FIELDS.map(({ name }) => [name, Text])));
const SettingsQuery = Type.Object({ q: Text, saved: Tick });

interface Typed {
  page: SettingPage;
  search: string;
  values: Record<string, string>;
  problems: SettingProblems;
}

/** `/settings` and its pages: a change counts at once, in every process. */
export async function settingsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  async function show(reply: FastifyReply, { page, search, values, problems }: Typed) {
    const { viewer, query } = reply.request;
    const { port, agentListener } = app.config;
    const saved = shownValues(await readSettings(db));
    const shown = {
      search,
      page,
      typed: { ...saved, ...values },
      saved,
      problems,
      newestVersion: await findCommonNewestVersion(db),
      heartbeat: app.outgoingHeartbeat.last(),
      agentPort: String(agentListener?.port ?? port),
    };
    const model = settingsPageModel(viewer, shown, app.clock());
    const isSaved = readForm(SettingsQuery, query).saved && !model.hasProblems;
    return await reply.settingsPage("settings/page", { ...model, isSaved });
  }

  app.get("/settings", access, async ({ query }, reply) => {
    const search = readForm(SettingsQuery, query).q.trim().slice(0, MAX_SEARCH_LENGTH);
    return await show(reply, { page: SETTING_PAGES[0], search, values: {}, problems: {} });
  });

  app.get<{ Params: { page: string } }>("/settings/:page", access, async ({ params }, reply) => {
    const page = readPage(params.page);
    if (page === null) return reply.callNotFound();
    return await show(reply, { page, search: "", values: {}, problems: {} });
  });

  app.post("/settings", access, async (request, reply) => {
    const { field: names, page: pageName, q, restore } = readForm(SettingsForm, request.body);
    const fields = SETTING_FIELDS.filter(({ name }) => names.includes(name));
    const sent = readForm(SettingValues, request.body);
    const values = Object.fromEntries(fields.map(({ name }) => [name, sent[name] ?? ""]));
    const standard = shownValues(DEFAULT_SETTINGS)[restore];
    if (standard !== undefined) values[restore] = standard;
    const page = readPage(pageName) ?? SETTING_PAGES[0];
    const search = q.trim().slice(0, MAX_SEARCH_LENGTH);
    const refuse = (problems: SettingProblems) => show(reply.code(422), { page, search, values, problems });
    const form = readSettingsForm(fields, values, await readSettings(db), mayHavePath(app.config));
    if (!form.ok) return await refuse(form.problems);
    const silent = await findSilentWitness(form.settings.witnesses);
    if (silent !== null)
      return await refuse({
        witnesses: { message: "settings.problem.witnessSilent", values: { address: silent } },
      });
    await changeSettings(db, request.actor(), form.settings, app.clock());
    const query = new URLSearchParams({ ...(search && { q: search }), saved: "1" });
    return reply.redirect(`/settings${search ? "" : `/${page}`}?${query}`, 303);
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

function readPage(name: string): SettingPage | null {
  return SETTING_PAGES.find((page) => page === name) ?? null;
}
