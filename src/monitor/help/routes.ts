import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { searchText } from "../database/text.ts";
import type { Cause } from "../fleet/cause-catalogue.ts";
import { readForm, Text } from "../forms/fields.ts";
import { readSettings } from "../installation/settings.ts";
import { pastEndModel } from "../repairs/known-before.ts";
import { listLastEnds } from "../repairs/past-ends.ts";
import { hasAnyRight } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { helpSections, type Section } from "./sections.ts";

const MOST_SOUGHT = 80;
const HelpQuery = Type.Object({ q: Text });

/** `/help`: «Справка», what each cause means at the tills and what to do about it; `q`: only what tells of that. */
export async function helpRoutes(app: FastifyInstance): Promise<void> {
  app.get("/help", { config: { access: "user" } }, async (request, reply) => {
    const q = readForm(HelpQuery, request.query).q.trim().slice(0, MOST_SOUGHT);
    const { paymentStopsAfterMs } = await readSettings(app.database.db);
    const all = helpSections(request.viewer, paymentStopsAfterMs);
    const { count, found } = findInSections(all, q);
    const ends = await findEnds(app, request.viewer, found);
    return await reply.page("help/page", { q, most: MOST_SOUGHT, count, found, ends });
  });
}

/** How each cause that is told of ended lately at the viewer's POS servers. */
async function findEnds(app: FastifyInstance, viewer: Viewer, found: readonly Section[]) {
  const { organizations } = viewer;
  if (!hasAnyRight(organizations)) return new Map();
  const causes = found.flatMap(({ entries }) => entries.flatMap(({ cause }) => cause ?? []));
  const listed = await listLastEnds(app.database.db, organizations, causes);
  const [organizationId = null, ...others] = organizations === "all" ? [] : organizations;
  const place = { id: null, organizationId: others.length > 0 ? null : organizationId };
  const now = app.clock();
  const inWords = (cause: Cause) =>
    (listed.get(cause) ?? []).map((end) => pastEndModel(viewer, end, cause, place, now));
  return new Map(causes.map((cause) => [cause, inWords(cause)]));
}

/** Leaves what has every word of a search, its section's own words included; an empty search finds all. */
function findInSections(sections: readonly Section[], sought: string) {
  const words = searchText(sought).split(" ");
  const left = sections.map((section) => {
    const has = (...texts: (string | null)[]) => {
      const text = searchText(section.title, section.meaning, ...texts);
      return words.every((word) => text.includes(word));
    };
    return {
      ...section,
      texts: section.texts.filter((text) => has(text)),
      entries: section.entries.filter(({ title, lines, step }) =>
        has(title, step, ...lines.map(({ text }) => text)),
      ),
    };
  });
  const count = left.reduce((sum, { texts, entries }) => sum + texts.length + entries.length, 0);
  return { count, found: left.filter(({ texts, entries }) => texts.length + entries.length > 0) };
}
