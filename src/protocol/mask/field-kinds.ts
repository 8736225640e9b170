import { compile } from "./compile.ts";
import data from "./fields.json" with { type: "json" };
import { remember } from "./remember.ts";

/**
 * What the value of a field may be. `guest` is a person or an object; `name` and `maybeCode` belong to a person only beside
 * data of a guest.
 */
export type FieldKind = keyof typeof data.kinds;

/** `value`: how far a value without quotes reaches; it is hidden if `hides` fits (undefined = any) and `keeps` does not. */
type Kind<Pattern> = { value: Pattern; hides?: Pattern; keeps?: Pattern };

export const KINDS = Object.fromEntries(
  Object.entries<Kind<string>>(data.kinds).map(([kind, { value, hides, keeps }]) => {
    const test = (pattern?: string) => (pattern ? compile(pattern, "", data.fragments) : undefined);
    return [kind, { value: compile(value, "iy", data.fragments), hides: test(hides), keeps: test(keeps) }];
  }),
) as Record<FieldKind, Kind<RegExp>>;

const nouns = Object.entries(data.kinds).map(([kind, { nouns }]) => `(?<${kind}>${nouns.join("|")})`);
/** Matches backwards from the end of a label in lower case; `phone number` and `номер телефона гостя` have a tail. */
const LABEL = compile(`(?<=(?:^| )(?:${nouns.join("|")}){TAIL})$`, "y", data.fragments);

/** null = nothing to hide. Understands camelCase, snake_case and phrases. */
export const fieldKind = remember((label): FieldKind | null => {
  const phrase = label
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\d)/gu, " ")
    .replace(/[_.@$:\s-]+/g, " ")
    .trim()
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/^.*[а-я](?<!ключ) (?=[a-z][a-z\d ]*$)|^(?:and|or|where|set|by) /u, "");
  LABEL.lastIndex = phrase.length;
  const groups = LABEL.exec(phrase)?.groups ?? {};
  return (Object.keys(groups).find((name) => groups[name] !== undefined) ?? null) as FieldKind | null;
});
