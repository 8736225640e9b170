import type { Db } from "../../database/schema.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import { listRules } from "../../notifications/rules/rule.ts";
import { type Channel, listChannels, maySee } from "../../notifications/settings/find-channels.ts";
import { readRuleNames, ruleInWords } from "../../notifications/settings/rule-in-words.ts";
import { isAboutSeen, listSubscriptions, subscriptionInWords } from "../../reports/subscriptions.ts";
import { listTags } from "../../restaurants/tags.ts";
import { bothOf, findAccessOf, hasAnyRight, type OrganizationAccess } from "../../viewer/access.ts";
import { asSentence, beginSentence } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";

/**
 * What a user may see, by which channels they are told of incidents, and which reports they get, in words: their own channels, and
 * the shared ones where they may see those. Links only where the viewer may go.
 */
export async function whatTheySee(db: Db, viewer: Viewer, user: { id: number; isAdministrator: boolean }) {
  const { t } = viewer;
  const { id, isAdministrator } = user;
  const access = await findAccessOf(db, id);
  const counts = await db
    .selectFrom("stateCount")
    .select(["organizationId", ({ fn }) => fn.sum<number>("posServers").as("count")])
    .groupBy("organizationId")
    .execute();
  const countOf = new Map(counts.map(({ organizationId, count }) => [organizationId, count]));
  const organizations = (await listOrganizations(db, access)).map(({ id, name }) => ({
    id,
    name,
    count: countOf.get(id) ?? 0,
    url: `/pos-servers?organization=${id}`,
  }));
  const all = organizations.reduce((sum, { count }) => sum + count, 0);
  const found = [
    t("organizations.found", { count: organizations.length }),
    t("posServers.found", { count: all }),
  ];
  const seen = found.join(", ");
  const hasAny = access === "all" || organizations.length > 0;
  const summary = access === "all" ? t("sees.all", { seen }) : hasAny ? seen : t("users.noOrganizations");
  const channels = await listChannels(db, user);
  const shown = { organizations, tags: await listTags(db, access) };
  const reports = (await listSubscriptions(db, id)).filter((one) => isAboutSeen(one, shown));
  return {
    summary: asSentence(beginSentence(summary)),
    limit: hasAny ? t(isAdministrator ? "sees.administrator" : "sees.user") : null,
    organizations,
    channels: await Promise.all(channels.map((channel) => channelModel(db, viewer, channel, access))),
    reports: reports.map((one) => subscriptionInWords(t, one)),
    isAdministrator,
    channelsUrl: viewer.user?.id === id && hasAnyRight(viewer.organizations) ? "/channels" : null,
  };
}

async function channelModel(db: Db, viewer: Viewer, channel: Channel, access: OrganizationAccess) {
  const { t } = viewer;
  const seen = channel.ownerId === null ? "all" : access;
  const names = await readRuleNames(db, { channel, access: seen });
  const rules = (await listRules(db, channel.id)).map((rule) =>
    ruleInWords(viewer, { ...rule, organizations: bothOf(rule.organizations, seen) }, names),
  );
  const notes = [
    t(`channels.kind.${channel.kind}`),
    channel.ownerId === null && t("sees.shared"),
    !channel.isEnabled && t("channels.standing.off"),
  ];
  return {
    name: channel.name,
    notes: notes.filter(Boolean).join(", "),
    url: viewer.user && maySee(viewer.user, channel) ? `/channels/${channel.id}` : null,
    rules: rules.length > 0 ? rules : [t("channels.noRules")],
  };
}
