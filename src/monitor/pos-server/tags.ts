import { Type } from "typebox";
import { searchText } from "../database/text.ts";
import { filterUrl, withNothingBut } from "../filter/filter.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { readForm, Text, Texts } from "../forms/fields.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { findTagProblem, readTagNames, TAG_LIMITS, type Tag, type TagProblem } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** `tag`: ticked ones; `more`: others, as they were typed. */
const TagsForm = Type.Object({ tag: Texts, more: Text });

export interface FilledTagsForm {
  ticked: string[];
  more: string;
  problem: TagProblem | null;
}

/** The tags on the page of a POS server, each with the list of those that have it. */
export function tagsModel({ t }: Viewer, { id }: ShownPosServer, tags: readonly Tag[]) {
  return {
    formUrl: `/pos-servers/${id}/tags/new`,
    change: t(tags.length > 0 ? "form.change" : "form.add"),
    tags: tags.map((tag) => ({
      name: tag.name,
      url: filterUrl(withNothingBut({ tagId: tag.id })),
      label: t("tags.listOf", { tag: tag.name }),
    })),
  };
}

export function readTagsForm(body: unknown): FilledTagsForm & { names: string[] } {
  const { tag: ticked, more } = readForm(TagsForm, body);
  const names = readTagNames(...ticked, more);
  return { ticked, more, names, problem: findTagProblem(names) };
}

/** What `/pos-servers/:id/tags/new` shows. @param known the tags to choose from. */
export function tagsFormModel(
  { t }: Viewer,
  { id, name, organizationName, crmId }: ShownPosServer,
  known: readonly Tag[],
  { ticked, more, problem }: FilledTagsForm,
) {
  const chosen = new Set(ticked.map((tag) => searchText(tag)));
  const limits = {
    maxLength: TAG_LIMITS.length,
    maxTags: TAG_LIMITS.perPosServer,
    tag: problem && "tag" in problem ? problem.tag : "",
  };
  const problems = problem ? { more: `tags.problem.${problem.code}` } : {};
  const field = fieldsOf(t, { typed: { more }, problems, limits });
  return {
    title: t("tags.title", { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    path: `/pos-servers/${id}/tags`,
    posServerUrl: `/pos-servers/${id}`,
    known: known.map((tag) => ({ name: tag.name, isChosen: chosen.has(searchText(tag.name)) })),
    more: field("more", {
      label: t(known.length > 0 ? "tags.more" : "tags.heading"),
      hint: t("tags.moreHint"),
      isFocused: true,
    }),
  };
}
