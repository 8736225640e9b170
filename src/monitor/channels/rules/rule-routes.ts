import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../database/schema.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import { listTags } from "../../fleet/tags.ts";
import type { Confirmation } from "../../forms/confirmation.ts";
import { isChecked } from "../../forms/fields.ts";
import { listOthers } from "../../notifications/registry/find-channels.ts";
import {
  MAX_RULES,
  type RuleOwner,
  type RuleProblem,
  removeRule,
  saveRule,
} from "../../notifications/registry/rules.ts";
import { DEFAULT_TERMS, type Rule, type RuleTerms } from "../../notifications/rules/rule.ts";
import { countWouldTell } from "../../notifications/rules/see-incidents.ts";
import { MAX_RIGHTS_FORM_BYTES } from "../../people/users/rights-form.ts";
import { bothOf } from "../../viewer/access.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import {
  type AskedOwner,
  findAskedChannel,
  findAskedRule,
  ownerOf,
  type RuleRequest,
  readRuleNames,
} from "../asked.ts";
import { ruleInWords } from "../words/rule-in-words.ts";
import { CHANNEL_TOLD, channelUrl, ruleUrl } from "../words.ts";
import { type RuleForm, readRuleForm, ruleFormModel, ruleFormOf } from "./rule-form.ts";

const REFUSALS: Record<RuleProblem, Record<string, string>> = {
  noOrganization: { organizations: "rule.problem.noOrganization" },
  noEscalation: { escalateChannel: "rule.problem.escalateChannel" },
  tooManyRules: { all: "rule.problem.tooMany" },
};

/** `/channels/:id/rules`: of what a channel is told, and when; also how many incidents that would be now, before it is saved. */
export async function ruleRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" }, bodyLimit: MAX_RIGHTS_FORM_BYTES } as const;

  app.get("/channels/:id/rules/new", access, async (request: RuleRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const asked = { owner: ownerOf(request, channel), path: `${channelUrl(channel.id)}/rules`, isNew: true };
    return await showForm(reply, asked, ruleFormOf(DEFAULT_TERMS), DEFAULT_TERMS);
  });

  app.post("/channels/:id/rules", access, async (request: RuleRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const owner = ownerOf(request, channel);
    const asked = { owner, path: `${channelUrl(channel.id)}/rules`, isNew: true };
    return await save(request, reply, asked, (terms) =>
      saveRule(db, request.actor(), owner, null, terms, app.clock()),
    );
  });

  app.get("/channels/:id/rules/:rule", access, async (request: RuleRequest, reply) => {
    const found = await findAskedRule(db, request);
    if (!found) return reply.callNotFound();
    const { owner, rule } = found;
    const asked = { owner, path: ruleUrl(owner.channel.id, rule.id), isNew: false };
    return await showForm(reply, asked, ruleFormOf(rule), rule);
  });

  app.post("/channels/:id/rules/:rule", access, async (request: RuleRequest, reply) => {
    const found = await findAskedRule(db, request);
    if (!found) return reply.callNotFound();
    const { owner, rule } = found;
    const asked = { owner, path: ruleUrl(owner.channel.id, rule.id), isNew: false };
    return await save(request, reply, asked, (terms) =>
      saveRule(db, request.actor(), owner, rule.id, terms, app.clock()),
    );
  });

  interface Asked {
    owner: AskedOwner;
    path: string;
    isNew: boolean;
  }

  async function save(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Asked,
    saveTerms: (terms: RuleTerms) => ReturnType<typeof saveRule>,
  ) {
    const { terms, ...form } = readRuleForm(request.body);
    if (isChecked(request.body, "preview")) return await preview(request, reply, asked, form, terms);
    if (!terms) return await showForm(reply.code(422), asked, form, terms);
    const saved = await saveTerms(terms);
    if (!saved) return reply.callNotFound();
    if (saved.ok)
      return reply.tellOnce(channelUrl(asked.owner.channel.id), CHANNEL_TOLD, { kind: "ruleSaved" });
    return await showForm(reply.code(422), asked, { ...form, problems: REFUSALS[saved.problem] }, null);
  }

  /** Nothing is saved; with htmx only the line with the count changes. */
  async function preview(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Asked,
    form: RuleForm,
    terms: RuleTerms | null,
  ) {
    if (!terms) reply.code(422);
    if (!request.isPartial) return await showForm(reply, asked, form, terms);
    const text = await wouldTellInWords(db, request.viewer, asked.owner, terms, app.clock());
    return reply
      .type("text/html; charset=utf-8")
      .send(app.renderFragment("channels/_would-tell", request.viewer, { text }));
  }

  async function showForm(
    reply: FastifyReply,
    { owner, path, isNew }: Asked,
    form: RuleForm,
    terms: RuleTerms | null,
  ) {
    const { viewer } = reply.request;
    const { channel } = owner;
    const choices = {
      organizations: await listOrganizations(db, owner.access),
      tags: await listTags(db, owner.access),
      others: await listOthers(db, channel),
    };
    const wouldTell = await wouldTellInWords(db, viewer, owner, terms, app.clock());
    const limits = { ...form.limits, maxRules: MAX_RULES };
    const asked = { channel, path, isNew, form: { ...form, limits }, choices, wouldTell };
    return await reply.page("channels/rule", ruleFormModel(viewer, asked));
  }
}

/** Says of how many open incidents a rule would tell at `now` (ms UTC), as its owner may see them. @param terms null = they are wrong. */
async function wouldTellInWords(
  db: Db,
  { t }: Pick<Viewer, "t">,
  { access }: RuleOwner,
  terms: RuleTerms | null,
  now: number,
): Promise<string> {
  if (!terms) return t("rule.wouldTell.wrong");
  const seen = { ...terms, organizations: bothOf(terms.organizations, access) };
  const { incidents, isMore } = await countWouldTell(db, seen, now);
  if (isMore) return t("rule.wouldTell.more", { count: incidents });
  return incidents === 0 ? t("rule.wouldTell.nothing") : t("rule.wouldTell.some", { count: incidents });
}

/** `/channels/:id/rules/:rule/removal`: a channel is told of something no more. */
export async function removeRuleRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get("/channels/:id/rules/:rule/removal/new", access, async (request: RuleRequest, reply) => {
    const found = await findAskedRule(db, request);
    if (!found) return reply.callNotFound();
    const model = await removalConfirmation(db, request.viewer, found);
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post("/channels/:id/rules/:rule/removal", access, async (request: RuleRequest, reply) => {
    const found = await findAskedRule(db, request);
    if (!found) return reply.callNotFound();
    const { channel } = found.owner;
    const isRemoved = await removeRule(db, request.actor(), channel, found.rule.id, app.clock());
    if (!isRemoved) return reply.callNotFound();
    return reply.tellOnce(channelUrl(channel.id), CHANNEL_TOLD, { kind: "ruleRemoved" });
  });
}

async function removalConfirmation(
  db: Db,
  viewer: Viewer,
  { owner, rule }: { owner: AskedOwner; rule: Rule },
): Promise<Confirmation> {
  const { t } = viewer;
  const { channel } = owner;
  const names = await readRuleNames(db, owner);
  return {
    title: t("rule.removal.title"),
    subtitle: channel.name,
    texts: [ruleInWords(viewer, rule, names), t("rule.removal.text"), t("rule.removal.wayBack")],
    problem: null,
    path: `${ruleUrl(channel.id, rule.id)}/removal`,
    sends: { name: "removed", value: "yes" },
    submit: t("rule.remove"),
    isDanger: true,
    backUrl: channelUrl(channel.id),
  };
}
