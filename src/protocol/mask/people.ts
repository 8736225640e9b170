import { compile } from "./compile.ts";
import { givenName } from "./given-names.ts";
import { MASK } from "./masked.ts";
import vocabulary from "./people.json" with { type: "json" };
import { remember } from "./remember.ts";

/** A word that may be a part of a name: `Анна-Мария`, `О'Брайен`, `ИВАНОВ`; or an initial. */
const PART =
  "(?:(?:Mc|Mac|\\p{Lu}['’])?\\p{Lu}\\p{Ll}+(?:-\\p{L}\\p{Ll}+)?|\\p{Lu}{2,20}(?:-\\p{Lu}{2,20})?|\\p{Lu}\\.(?: ?\\p{Lu}\\.)?)";
const RUN = compile(
  `(?<![\\p{L}\\d_.@/\\\\$-])${PART}(?:[ \\u00A0]{1,2}(?:(?:van|von|der|den|de|da|del|di|la|bin|al|ибн|бек|фон|де) ){0,2}${PART}){0,5}(?: (?:оглы|кызы|угли|ogly|kyzy))?(?![\\p{L}\\d_])`,
  "g",
);
const PATRONYMIC =
  /(?:[оеь]вич|ильич|кузьмич|лукич|фомич|никитич|саввич|[оеь]вн|ичн|ovich|evich|ovn|evn|ichn)(?:а|у|ем|ём|ом|е|ы|ой|a|oi|oy)?$/iu;
const SURNAME =
  /(?:[оеё]в|[ои]н|ын|ск(?:ий|ой|ого|ому|им|ая|ую)|цк(?:ий|ая|ого|ому)|[оеё]в(?:а|у|ой|ым|е)|[иы]н(?:а|у|ой|ым|е)|ко|ук|юк|як|янц?|дзе|швили|заде|ых|их|ов|ман|берг|штейн|[oe]v|[oe]va|in|ina|s?kiy|s?kaya|ski|sky|enko|uk|yan|ian|dze|shvili|son|man|ez|berg|stein|smith)$/iu;
/** Of surnames that no common word ends with. */
const SURE_SURNAME = /\p{L}{2}(?:[оеё]в(?:а|ой)|янц?|дзе|швили|енко|заде)$/iu;
const INITIAL = /^\p{Lu}\./u;
const PARTICLE = /^(?:оглы|кызы|угли|ogly|kyzy|van|von|der|den|de|da|del|di|la|bin|al|ибн|бек|фон|де)$/u;
const ADJECTIVE = /(?:[ыио]й|ая|ое|ые)$/iu;
const GOES_ON = /^[=({[\\/@]|^[.:][\p{L}\d_:]/u;

const OF_GUESTS = compile(`(?:^| )(?:${vocabulary.guests.join("|")})$`, "i");
const OF_THINGS = compile(`(?:^| )(?:${vocabulary.things.join("|")})$`, "i");
const OF_OTHERS = compile(`(?:^| )(?:${vocabulary.others.join("|")})$`, "i");
/** The one or two words before a name. */
const BEFORE = compile(
  String.raw`(?<=(?<words>(?:\p{L}{2,12} )?(?<![\p{L}_])\p{L}{1,16}\.?)[ \t]?[:,=—-]?[ \t]{0,2}["«“'(]?)`,
  "y",
);
/** Words with a capital that are no names. */
const NO_NAME = compile(`^(?:${vocabulary.noNames.join("|")})$`, "i");
const NAME_PART = compile(`^${PART}$`, "");
const MOST_PARTS = 5;

/** The words of a name within a run of words; `to` is not included. */
type Span = [from: number, to: number];
/** Behind words for a guest stands a guest, also with one name; behind others stand names and much else; a thing has no name. */
type Lead = "guest" | "other" | "beside" | "thing" | null;

const leadOf = remember((words): Lead => {
  if (OF_GUESTS.test(words)) return "guest";
  if (OF_THINGS.test(words)) return "thing";
  return OF_OTHERS.test(words) ? "other" : null;
});

/** Hides names of people: with a patronymic, initials or a known given name, and any name behind a word for a guest. */
export function maskPeople(text: string): string {
  return text.replace(RUN, (run: string, offset: number) => {
    // A name of a class, a table or a file goes on.
    if (GOES_ON.test(text.slice(offset + run.length, offset + run.length + 2))) return run;
    BEFORE.lastIndex = offset;
    const end = offset + run.length;
    const beside = leadBeside(text, offset, end);
    const behind = beside === "guest" ? beside : (leadOf(BEFORE.exec(text)?.groups?.words ?? "") ?? beside);
    const parts = run.split(/[ \u00A0]+/);
    if (parts.length === 1 && behind === null) return run;
    const first = parts.length > 1 ? leadOf(parts[0] ?? "") : null;
    const before = first === null ? [] : parts.splice(0, 1);
    const span = findName(parts, first ?? behind);
    if (span === null) return run;
    parts.splice(span[0], span[1] - span[0], MASK);
    return [...before, ...parts].join(" ");
  });
}

/** `'Анна'` of SQL, `[Анна]` of its traces, `"Анна";` of CSV; `Schmidt, Hans`; `Анна, +7 …`. */
function leadBeside(text: string, start: number, end: number): Lead {
  const [before, after] = [text.slice(start - 2, start), text.slice(end, end + 24)];
  if (givenName(/^, (\p{Lu}\p{Ll}+)/u.exec(after)?.[1] ?? "") === "sure") return "guest";
  const isQuoted = /['["]$/.test(before) && /^['\]"]/.test(after);
  const isInCsv = before.startsWith(";") || after[1] === ";" || !after.startsWith('"');
  const isListed = before === ", " || /^[,;:]? \(?(?:тел\S{0,6} )?\+\d/u.test(after);
  if (isQuoted && isInCsv) return "other";
  return isListed ? "beside" : null;
}

/** Whether a value is the name of a person. */
export function isPerson(value: string): boolean {
  const parts = value.split(/\s+/);
  return isNameLike(parts) && findName(parts, "other")?.join() === `0,${parts.length}`;
}

/** Whether a value looks like a name where a name is expected. */
export function looksLikeName(value: string): boolean {
  const parts = value.split(/\s+/);
  return isNameLike(parts) && isWord(parts[0]);
}

function isNameLike(parts: string[]): boolean {
  return parts.length <= MOST_PARTS && parts.every((part) => NAME_PART.test(part));
}

function isWord(part: string | undefined): boolean {
  return part !== undefined && part.length > 1 && !NO_NAME.test(part);
}

function findName(parts: string[], lead: Lead): Span | null {
  if (lead === "thing") return null;
  return (
    byPatronymic(parts) ??
    byInitials(parts) ??
    (lead === "guest" ? asGuest(parts) : null) ??
    byGivenName(parts, lead) ??
    bySurname(parts, lead)
  );
}

function byPatronymic(parts: string[]): Span | null {
  const patronymic = parts.findIndex((part, index) => index > 0 && PATRONYMIC.test(part));
  if (patronymic < 0) return null;
  if (isWord(parts[patronymic - 2])) return [patronymic - 2, patronymic + 1];
  return [patronymic - 1, patronymic + (isWord(parts[patronymic + 1]) ? 2 : 1)];
}

function byInitials(parts: string[]): Span | null {
  const first = parts.findIndex((part) => INITIAL.test(part));
  if (first < 0) return null;
  const end = first + (INITIAL.test(parts[first + 1] ?? "") ? 2 : 1);
  if (first > 0) return [first - 1, end];
  return isWord(parts[end]) ? [0, end + 1] : null;
}

/** Words in capitals are a guest's only if they are known as names. */
function asGuest(parts: string[]): Span | null {
  const isName = (part: string) =>
    part !== part.toUpperCase() || givenName(part) !== null || SURNAME.test(part);
  if (!isWord(parts[0]) || !parts.every(isName)) return null;
  const end = parts.findIndex((part) => !isWord(part));
  return [0, end < 0 ? parts.length : end];
}

function byGivenName(parts: string[], lead: Lead): Span | null {
  for (const [index, part] of parts.entries()) {
    const given = part.split("-").map(givenName).find(Boolean);
    if (!given) continue;
    const isSurname = (other = "") => isWord(other) && SURNAME.test(other);
    const isName = (other = "") => isSurname(other) || (isWord(other) && givenName(other) !== null);
    let [from, to] = [index, index + 1];
    while (isName(parts[from - 1])) from -= 1;
    while (isName(parts[to]) || PARTICLE.test(parts[to] ?? "") || PARTICLE.test(parts[to + 1] ?? "")) to += 1;
    if (given === "sure" && to - from === 1) {
      if (isWord(parts[to])) to += 1;
      else if (isWord(parts[from - 1])) from -= 1;
    }
    if (to - from > 1 || lead !== null) return [from, to];
  }
  return null;
}

function bySurname(parts: string[], lead: Lead): Span | null {
  const [first = "", second = ""] = parts;
  if (!isWord(first)) return null;
  if (parts.length === 2 && isWord(second)) {
    const other = SURE_SURNAME.test(first) ? second : SURE_SURNAME.test(second) ? first : "";
    if (other.length >= 3 && !ADJECTIVE.test(other)) return [0, 2];
  }
  const isSurname =
    first !== first.toUpperCase() && SURNAME.test(first) && /\p{Script=Cyrillic}/u.test(first);
  return lead === "other" && isSurname ? [0, 1] : null;
}
