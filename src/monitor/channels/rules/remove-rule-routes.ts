import type { FastifyInstance } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { Confirmation } from "../../forms/confirmation.ts";
import { removeRule } from "../../notifications/registry/rules.ts";
import type { Rule } from "../../notifications/rules/rule.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { AskedOwner } from "../asked/find-asked-channel.ts";
import { readRuleNames } from "../asked/rule-names.ts";
import { channelUrl, ruleUrl } from "../words/addresses.ts";
import { ruleInWords } from "../words/rule-in-words.ts";
import { CHANNEL_TOLD } from "../words/told.ts";
import { findAskedRule, type RuleRequest } from "./asked-rule.ts";

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
  db: Kysely<Database>,
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
