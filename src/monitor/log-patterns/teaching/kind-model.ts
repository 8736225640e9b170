import type { Viewer } from "../../viewer/viewer.ts";
import type { SeenKind } from "./seen-kinds.ts";
import type { TeachingForm } from "./teaching-form.ts";

/** As much of a text as tells which one a field is about. */
export const NAMED_CHARACTERS = 80;
export const NOTHING = "nothing";

/** A kind of lines as it is listed, with what was said of it. */
export function kindModel({ t, format }: Viewer, kind: SeenKind, { choices }: TeachingForm, now: number) {
  const { id, text, levels, count, example, lastAt } = kind;
  return {
    kind,
    name: `kind-${id}`,
    textName: `text-${id}`,
    label: t("logPatterns.meaningOf", { text: text.slice(0, NAMED_CHARACTERS) }),
    text,
    example: example === text ? null : example,
    facts: [
      t("logPatterns.times", { count, times: format.number(count) }),
      ...levels,
      ...(lastAt === null ? [] : [t("logPatterns.lastAt", { time: format.clock(lastAt, now) })]),
    ].join(" · "),
    choice: (choices.get(id)?.meaning ?? NOTHING) as string,
  };
}
