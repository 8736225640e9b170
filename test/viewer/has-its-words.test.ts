import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { AUDIT_ACTIONS, AUDIT_RESULTS } from "../../src/monitor/audit-log/actions.ts";
import * as detail from "../../src/monitor/audit-log/detail.ts";
import { POS_SERVER_STATES } from "../../src/monitor/fleet/state.ts";
import { FAILURE_CODES } from "../../src/monitor/pos-client/calls/failure.ts";
import { DATABASE_RESET_STEPS } from "../../src/monitor/repairs/database-resets/step.ts";
import { ENDS_BY_ITSELF } from "../../src/monitor/restaurants/end-acknowledgements.ts";
import { SETTING_FIELDS } from "../../src/monitor/settings/fields.ts";
import { en, ru } from "../../src/monitor/translations/catalogs.ts";
import { LANGUAGES, type Language } from "../../src/monitor/viewer/language.ts";

const CATALOGS = { ru, en };

const ROOT = join(import.meta.dirname, "../..");
const PLURAL = /_(?:zero|one|two|few|many|other)$/;
const PLURAL_FORMS: Record<Language, string[]> = {
  ru: ["one", "few", "many"],
  en: ["one", "other"],
};
/** Read by the browser as a whole, with the forms of its own rules. */
const READ_AS_A_WHOLE = /^(?:age|freshness)\./;
/**
 * Texts for the person at the POS server, who has no catalog, what the demo's world says, the headers of a file, and the
 * words by which a log tells what it shows, and people when they work.
 */
const OTHER_CATALOGS =
  /^src\/(?:agent|demo|monitor\/translations)\/|^src\/monitor\/organizations\/import\/columns\.ts$|^src\/(?:monitor\/(?:fleet\/(?:cause-patterns|opening-hours\/read-schedule)|log-archives\/store\/paths|log-patterns\/teaching\/seen-kinds)|protocol\/(?:log-head|mask\/[\w-]+|structured-line|taught-pattern))\.ts$/;

/** Words, and quotes around what is put in, which differ by language. */
const TEXT = /\p{Script=Cyrillic}{2}|[«“](?:\$\{|<%)/u;

/** What the translation function is called with first: a key, two to choose from, or one that is put together. */
const ASKED = /\bt\(\s*((?:[^"`(),]*\?\s*)?(?:"[^"]*"(?:\s*:\s*"[^"]*")?|`[^`]*`))/g;

/** Every key of a catalog with its text, nested ones joined by dots. */
function textsOf(catalog: object, prefix = ""): [string, string][] {
  return Object.entries(catalog).flatMap(([key, value]): [string, string][] =>
    typeof value === "object" ? textsOf(value, `${prefix}${key}.`) : [[`${prefix}${key}`, String(value)]],
  );
}

function keysOf(language: Language): string[] {
  return textsOf(CATALOGS[language])
    .map(([key]) => key)
    .filter((key) => !/^age\.day\./.test(key));
}

function sourceOf(patterns: string[]): [string, string][] {
  return globSync(patterns, { cwd: ROOT }).map((file) => [file, readFileSync(join(ROOT, file), "utf8")]);
}

/** Keys as they are asked for, without the endings of plurals. */
function stemsOf(language: Language): string[] {
  return [...new Set(keysOf(language).map((key) => key.replace(PLURAL, "")))].sort();
}

t.test("both languages have the same keys, with every plural form or one that serves all", async (t) => {
  t.same(stemsOf("ru"), stemsOf("en"));
  for (const language of LANGUAGES) {
    const keys = new Set(keysOf(language));
    const expected = stemsOf(language)
      .filter((stem) => !keys.has(stem))
      .flatMap((stem) => PLURAL_FORMS[language].map((form) => `${stem}_${form}`));
    const missing = expected.filter((key) => !keys.has(key));
    t.same(missing, [], language);
  }
});

t.test("both languages take the same values", async (t) => {
  const valuesOf = (text: string) => [...text.matchAll(/\{\{?(\w+)\}?\}/g)].map(([, name]) => name).sort();
  const english = new Map(textsOf(CATALOGS.en));
  const inEnglish = (key: string) =>
    english.get(key) ?? english.get(key.replace(PLURAL, "_other")) ?? english.get(key.replace(PLURAL, ""));
  const different = textsOf(CATALOGS.ru).filter(([key, text]) => {
    const other = inEnglish(key);
    return other !== undefined && !/_one$/.test(key) && `${valuesOf(text)}` !== `${valuesOf(other)}`;
  });
  t.same(different, []);
});

t.test("whatever a key is put together of has its words", async (t) => {
  const wanted: Record<string, readonly string[]> = {
    state: [...POS_SERVER_STATES, "parked"],
    failure: FAILURE_CODES,
    "audit.action": AUDIT_ACTIONS,
    "audit.result": AUDIT_RESULTS,
    "audit.field": detail.REGISTRY_FIELDS,
    "settings.label": SETTING_FIELDS.map(({ name }) => name),
    "databaseReset.step": DATABASE_RESET_STEPS.filter((step) => step !== "done"),
    languageName: LANGUAGES,
    restaurantNote: detail.RESTAURANT_NOTE_FIELDS,
    "acknowledgement.ended": ENDS_BY_ITSELF,
    "channels.field": [...detail.CHANNEL_FIELDS, ...detail.CHANNEL_SECRETS],
  };
  const keys = Object.entries(wanted).flatMap(([key, names]) => names.map((name) => `${key}.${name}`));
  for (const language of LANGUAGES) {
    const known = stemsOf(language);
    const missing = keys.filter((key) => !known.includes(key));
    t.same(missing, [], language);
  }
});

t.test("no text is unused", async (t) => {
  const source = sourceOf(["src/**/*.ts", "views/**/*.eta", "public/js/**/*.js"])
    .map(([, text]) => text)
    .join("\n");
  const literals = new Set([...source.matchAll(/["'`]([\w.-]+)["'`]/g)].map(([, literal = ""]) => literal));
  const patterns = patternsOf(source);
  const isMadeOfLiterals = (text: string) =>
    patterns.some((pattern) =>
      pattern
        .exec(text)
        ?.slice(1)
        .every((part) => literals.has(part)),
    );
  const isUsed = (key: string) => {
    const [parent, last] = [key.replace(/\.\w+$/, ""), key.replace(/^.*\./, "")];
    if (literals.has(key) || READ_AS_A_WHOLE.test(key)) return true;
    return (literals.has(parent) && literals.has(last)) || endingsOf(key).some(isMadeOfLiterals);
  };
  const unused = stemsOf("ru").filter((key) => !isUsed(key));
  t.same(unused, []);
});

t.test("every text that is asked for is there", async (t) => {
  const keys = stemsOf("ru");
  const files = sourceOf(["src/monitor/**/*.ts", "views/**/*.eta"]);
  const asked = files.flatMap(([file, text]) =>
    [...text.matchAll(ASKED)].flatMap(([, argument = ""]) => {
      const literals = [...argument.matchAll(/"([\w-]+(?:\.[\w-]+)+)"/g)].map(([, key = ""]) => key);
      const missing = literals.filter((key) => !keys.includes(key));
      const madeUp = patternsOf(argument).filter((pattern) => !keys.some((key) => pattern.test(key)));
      return [...missing, ...madeUp].map((key) => `${file}: ${key}`);
    }),
  );
  t.same(asked, []);
});

/** What keys look like that are put together, such as `error.${kind}Title`. */
function patternsOf(source: string): RegExp[] {
  return [...source.matchAll(/`([\w.]*\$\{[^`]*)`/g)]
    .map(([, template = ""]) => template.replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, "*"))
    .filter((template) => /^[\w.*]*[a-z][\w.*]*$/i.test(template) && template.includes("."))
    .map((template) => new RegExp(`^${template.replaceAll(".", "\\.").replaceAll("*", "(\\w+)")}$`));
}

/** A key whole and without the first names, which a helper may put before it. */
function endingsOf(key: string): string[] {
  const names = key.split(".");
  return names.slice(0, -1).map((_, index) => names.slice(index).join("."));
}

t.test("no text of the interface stands outside the catalogs", async (t) => {
  const files = sourceOf(["src/**/*.ts", "views/**/*.eta", "public/js/**/*.js"]);
  t.ok(files.length > 50);
  const texts = files.flatMap(([file, text]) => {
    if (OTHER_CATALOGS.test(file)) return [];
    const lines = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").split("\n");
    return lines.filter((line) => TEXT.test(line)).map((line) => `${file}: ${line.trim()}`);
  });
  t.same(texts, []);
});

t.test("each language has its own quotes, and says in sentences what is wrong with a field", async (t) => {
  const foreign: Record<Language, RegExp> = { ru: /[“”]/, en: /[«»„]/ };
  const problem = /(?:^|\.)(?:problem|connectionProblem|rowProblem|fileProblem)\.|^form\.required$/;
  // The counter of a list, and what stands beside a search in the place of a count.
  const noSentence = /^posServer\.walk\.|^logViewer\.problem\.nothing$/;
  for (const language of LANGUAGES) {
    const texts = textsOf(CATALOGS[language]).filter(([, text]) => foreign[language].test(text));
    t.same(texts, [], language);
    const open = textsOf(CATALOGS[language]).filter(
      ([key, text]) => problem.test(key) && !noSentence.test(key) && !/[.!?]$/.test(text),
    );
    t.same(open, [], language);
  }
});
