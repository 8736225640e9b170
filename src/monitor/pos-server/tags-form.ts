import { textFields } from "../forms/fields.ts";
import { findTagProblem, readTagNames, type TagProblem } from "../restaurants/tag-names.ts";

/** A form of tags as it was filled in. */
export interface TagsForm {
  /** Of the tags that were there to choose from. */
  ticked: string[];
  /** As it was typed. */
  more: string;
  names: string[];
  problem: TagProblem | null;
}

/** Reads the ticks and what was typed beside them. */
export function readTagsForm(body: unknown): TagsForm {
  const given = (body as { tag?: unknown } | null)?.tag ?? [];
  const ticked = [given].flat().filter((name) => typeof name === "string");
  const { more } = textFields(body, ["more"]);
  const names = readTagNames(...ticked, more);
  return { ticked, more, names, problem: findTagProblem(names) };
}
