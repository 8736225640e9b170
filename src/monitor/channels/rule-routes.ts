import type { FastifyInstance, FastifyReply } from "fastify";
import { MAX_RIGHTS_FORM_BYTES } from "../access/ticks.ts";
import { DEFAULT_TERMS, type RuleTerms } from "../notifications/rules/rule.ts";
import { countWouldNotify } from "../notifications/rules/see-incidents.ts";
import { readRuleNames, ruleInWords } from "../notifications/settings/rule-in-words.ts";
import { type RuleOwner, type RuleProblem, removeRule, saveRule } from "../notifications/settings/rules.ts";
import { listTags } from "../restaurants/tags.ts";
import { bothOf } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  ACCESS,
  type AskedChannel,
  type AskedRequest,
  askedChannel,
  askToRemove,
  channelUrl,
  leadWithNotice,
} from "./asked.ts";
import { type RuleForm, readRuleForm, ruleFormModel, ruleFormOf } from "./rule-form.ts";

const REFUSALS: Record<RuleProblem, Record<string, string>> = {
  noOrganization: { organizations: "rule.problem.noOrganization" },
  noEscalation: { escalateChannel: "rule.problem.escalateChannel" },
  tooManyRules: { all: "rule.problem.tooMany" },
};

/**
 * `/channels/:id/rules`: what a channel notifies of, and when. Before saving, the page says how many open incidents that
 * is.
 */
export async function ruleRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const options = { ...ACCESS, bodyLimit: MAX_RIGHTS_FORM_BYTES };

  app.get("/channels/:id/rules/new", ACCESS, show);
  app.get("/channels/:id/rules/:rule", ACCESS, show);
  app.post("/channels/:id/rules", options, save);
  app.post("/channels/:id/rules/:rule", options, save);

  app.get("/channels/:id/rules/:rule/removal/new", ACCESS, async (request: AskedRequest, reply) => {
    const { viewer } = request;
    const asked = await askedChannel(db, request);
    const { channel, rule } = asked;
    const text = rule && ruleInWords(viewer, rule, await readRuleNames(db, asked));
    return await askToRemove(reply, {
      title: viewer.t("rule.removal.title"),
      subtitle: channel.name,
      texts: [text ?? "", viewer.t("rule.removal.text"), viewer.t("channels.removal.wayBack")],
      path: `${channelUrl(channel.id)}/rules/${rule?.id}/removal`,
      submit: viewer.t("form.remove"),
      backUrl: channelUrl(channel.id),
    });
  });

  app.post("/channels/:id/rules/:rule/removal", ACCESS, async (request: AskedRequest, reply) => {
    const asked = await askedChannel(db, request);
    const isRemoved = await removeRule(db, request.actor(), asked, asked.rule?.id ?? 0, app.clock());
    return isRemoved
      ? leadWithNotice(reply, channelUrl(asked.channel.id), "ruleRemoved")
      : reply.callNotFound();
  });

  async function show(request: AskedRequest, reply: FastifyReply) {
    const asked = await askedChannel(db, request);
    return await showForm(reply, asked, ruleFormOf(asked.rule ?? DEFAULT_TERMS));
  }

  async function save(request: AskedRequest, reply: FastifyReply) {
    const asked = await askedChannel(db, request);
    const { body, viewer, isPartial } = request;
    const { isPreview, ...form } = readRuleForm(body);
    const { terms } = form;
    if (!terms) reply.code(422);
    // With htmx only the count changes.
    if (isPreview && isPartial) {
      const text = await wouldNotify(viewer, asked, terms);
      const part = app.renderFragment("channels/_would-tell", viewer, { text });
      return reply.type("text/html; charset=utf-8").send(part);
    }
    if (!terms || isPreview) return await showForm(reply, asked, form);
    const wanted = { ...terms, id: asked.rule?.id ?? null };
    const saved = await saveRule(db, request.actor(), asked, wanted, app.clock());
    if (saved === "gone") return reply.callNotFound();
    if (saved === "saved") return leadWithNotice(reply, channelUrl(asked.channel.id), "ruleSaved");
    return await showForm(reply.code(422), asked, { ...form, problems: REFUSALS[saved], terms: null });
  }

  async function showForm(reply: FastifyReply, asked: AskedChannel, form: RuleForm) {
    const { viewer } = reply.request;
    const { channel, access, rule } = asked;
    const { id, name } = channel;
    const choices = { ...(await readRuleNames(db, asked)), tags: await listTags(db, access) };
    return await reply.page("channels/rule", {
      ...ruleFormModel(viewer, channel, form, choices),
      title: viewer.t(rule ? "rule.editTitle" : "rule.newTitle", { name }),
      path: rule ? `${channelUrl(id)}/rules/${rule.id}` : `${channelUrl(id)}/rules`,
      wouldNotify: await wouldNotify(viewer, asked, form.terms),
    });
  }

  /**
   * How many open incidents a rule would notify of now, as far as its owner may see them.
   * @param terms null = they are wrong.
   */
  async function wouldNotify({ t }: Viewer, { access }: RuleOwner, terms: RuleTerms | null): Promise<string> {
    if (!terms) return t("rule.wouldNotify.wrong");
    const seen = { ...terms, organizations: bothOf(terms.organizations, access) };
    const { incidents, isMore } = await countWouldNotify(db, seen, app.clock());
    if (isMore) return t("rule.wouldNotify.more", { count: incidents });
    return incidents === 0 ? t("rule.wouldNotify.nothing") : t("rule.wouldNotify.some", { count: incidents });
  }
}
