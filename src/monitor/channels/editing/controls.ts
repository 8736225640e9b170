import type { fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { KnownSecrets } from "./form.ts";

/** A control of a form: the partial that shows it, and what it shows; or two that stand side by side. */
export type Control =
  | { partial: "field" | "select" | "text-area"; field: object }
  | { partial: "pair"; pair: Control[] };

/** Those that nearly everybody leaves as they are stand in a part that is opened for them. */
export interface Controls {
  main: Control[];
  more: { summary: string; isOpen: boolean; controls: Control[] } | null;
}

/** What the controls of one kind are made of. */
export interface AskedControls {
  t: Viewer["t"];
  field: ReturnType<typeof fieldsOf>;
  typed: Readonly<Record<string, string>>;
  problems: Readonly<Record<string, string>>;
  known: KnownSecrets | null;
}

/** A field for a secret, which is never shown again. @param isKnown whether one is stored, which may stay. */
export function secretControl(
  { t, field }: Pick<AskedControls, "t" | "field">,
  name: "password" | "token" | "proxyPassword" | "secret",
  hint: string | null,
  isKnown: boolean,
): Control {
  return {
    partial: "field",
    field: field(name, {
      label: t(`channels.field.${name}`),
      type: "password",
      autocomplete: "new-password",
      hint: isKnown ? t("channels.hint.keptSecret") : hint,
    }),
  };
}

/** Whether any of these fields is wrong. */
export function isAnyWrong(problems: Readonly<Record<string, string>>, names: readonly string[]): boolean {
  return names.some((name) => problems[name] !== undefined);
}
