import { type Role, roleOf } from "./lexicon.ts";

/** A word, number or mark of a text. `name`: an unknown word, or a name that contains one. */
export interface Token {
  role: Role | "number" | "mark" | "name" | "class";
  /** In lower case, ё as е. */
  text: string;
  start: number;
  end: number;
}

/** The place in the program that a part of the text names. */
export const CALLER =
  /\[[^[\]\s:]{1,100}:[^[\]\s:]{1,100}:\d{1,9}\]|(?<!\S)[\w./-]{1,60}\.(?:go|py|cs|java|pas|js):\d{1,6}/gu;
/** A place in the program; addresses and paths; numbers with their units; words; anything else. */
const TOKEN = new RegExp(
  `(?<origin>${CALLER.source})|${
    /(?<address>\p{L}[\p{L}\d+.-]{1,10}:\/\/[^\s,;)"'»]*|(?<![\p{L}\d])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)|(?<path>(?<!\S)[\p{L}\d_.-]*\/[\p{L}_][\p{L}\d_./-]*|[\da-f]{8}-[\da-f-]{27})|(?<ordinal>(?<!\d)\d{1,3}-?(?:й|я|е|го|ой|ю|st|nd|rd|th)(?![\p{L}\d]))|(?<number>(?<!\d)[-−](?=\d)[\d.,:/-]*\d|\d{1,3}(?:[  ]\d{3})+(?![\d\p{L}])|\d(?:[\d.,:/-]*\d)?)(?<tail>[\p{L}_](?:[\p{L}\d_]|-(?=\d))*)?|(?<word>[\p{L}_](?:[\p{L}\d_]|['’](?=\p{L})|\.(?=[a-z]))*)|(?<mark>[^\s\p{L}\d_])/u
      .source
  }`,
  "giu",
);
/** The dot after these ends no sentence. */
const ABBREVIATION =
  /(?<!\p{L})(гл|вх|синхр|отпр|пол|получ|прин|док|зап|кол|длит|ош|вход|исх|сек|мин|шт|rec|sec|min)\.(?![a-z])/giu;
/** «чек(ов)» */
const ENDING = /(?<=\p{L})\((?:ов|ев|а|я|и|ы|s|es)\)/giu;
/** The rest of a longer word is left out. */
const LONGEST_WORD = 64;
/** Of a longer text the rest is left out: the longest known one about an outcome has 58. */
export const MAX_TOKENS = 96;
const blank = (text: string) => " ".repeat(text.length);
const CAMEL = /\p{Lu}?\p{Ll}+\d*|\p{Lu}+(?!\p{Ll})\d*|\d+/gu;
const NAME_OF_EVENT =
  /^[a-z]+\.(?:completed|finished|done|succeeded|success|ok|failed|failure|error|aborted)$/u;
/** Names of a program's parts that deal with exchanges. */
export const CLASS_WORDS =
  /^(?:service|srv|svc|manager|mgr|worker|engine|thread|pool|client|agent|loop|scheduler|processor|synchronizer|exchanger|replicator|uploader|module|loop|report|upload|download|event|nio|exec|transport|gateway|hosted|connector|sender|offline|queue|flush|http|timer|controller|runner|impl|t)$/u;

export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.replace(ENDING, blank).replace(ABBREVIATION, "$1 ").matchAll(TOKEN)) {
    const { origin, address, path, ordinal, number, tail, word } = match.groups as Record<
      string,
      string | undefined
    >;
    const start = match.index;
    const end = start + match[0].length;
    const add = (role: Token["role"], value: string) =>
      tokens.push({ role, text: value.slice(0, LONGEST_WORD), start, end });
    if (origin !== undefined) continue;
    if (address !== undefined) add(addressRole(address), "address");
    else if (path === "w/o") add("no", path);
    else if (path !== undefined) add(/^\/|sync|exchang|^[\da-f-]+$/iu.test(path) ? "class" : "name", path);
    else if (ordinal !== undefined) add("plain", ordinal);
    else if (number !== undefined) {
      const digits = number.replace(/\s/gu, "");
      if (tail === undefined) add("number", digits);
      else for (const [role, part] of readNumberWithTail(digits, tail.toLowerCase())) add(role, part);
    } else if (word !== undefined)
      for (const [role, part] of readWord(word, text[end] === "=")) add(role, part);
    else add("mark", match[0]);
    if (tokens.length >= MAX_TOKENS) break;
  }
  return tokens
    .slice(0, MAX_TOKENS)
    .map((token, index) => (token.role === "peer" ? namedPeer(tokens, index) : token));
}

/** «Главный» and "main" mean the other side only together with a server: there are main bars and central kitchens. */
function namedPeer(tokens: readonly Token[], index: number): Token {
  const token = tokens[index] as Token;
  const near = (from: number, to: number) =>
    tokens.slice(Math.max(0, index + from), index + to + 1).filter(({ role }) => role !== "mark");
  const isServer = ({ role, text }: Token) =>
    role === "server" || /^(?:офис|office|hq$|уз[е]?л|организаци|баз)/u.test(text);
  if (/^(?:офис|office)/u.test(token.text))
    return near(-2, -1).some(({ text }) => /^(?:head|central|main|центральн|головн|главн)/u.test(text))
      ? token
      : asName(token);
  if (/(?:server|office)$/u.test(token.text) && token.text.length > 6) return token;
  if (/^(?:loyal|лояльн)/u.test(token.text)) {
    const isNear = near(-2, 2).some((other) => isServer(other) || other.role === "exchange");
    return isNear ? token : { ...token, role: "manner" };
  }
  if (/^(?:head|main|central|chain|главн|центр|головн|мейн)/u.test(token.text)) {
    const before = tokens[index - 1]?.text ?? "";
    const next = tokens[index + 1]?.role ?? "mark";
    const isSide =
      before === "=" ||
      (/^(?:with|to|from|by|с|со|к)$/u.test(before) &&
        /^(?:mark|done|well|exchange|peer|server|failure|not)$/u.test(next));
    return isSide || near(1, 3).some(isServer) || near(1, 3).some(({ role }) => role === "exchange")
      ? token
      : asName(token);
  }
  return token;
}

function asName(token: Token): Token {
  return { ...token, role: "name" };
}

function readNumberWithTail(number: string, tail: string): [Token["role"], string][] {
  const whole = roleOf(`${number}${tail}`);
  if (whole) return [[whole, `${number}${tail}`]];
  if (roleOf(tail) === "unit")
    return [
      ["number", number],
      ["unit", tail],
    ];
  // A part of an identifier, or «2-й»; a hexadecimal number may be an error code.
  return [[tail.startsWith("x") ? "name" : "class", `${number}${tail}`]];
}

function readWord(word: string, isLabel: boolean): [Token["role"], string][] {
  const plain = normalize(word);
  if (/^(?:hq|цо)\d+$/u.test(plain)) return [["peer", plain]];
  if (/n['’]t$/u.test(plain)) return [["not", plain]];
  const whole = roleOf(plain);
  if (whole) return [[whole, plain]];
  if (/^(?!last|stop|.*on(?:error|exception)$).*(?:exception|error)$/u.test(plain))
    return [["failure", plain]];
  const isOfExchanges = plain.split(".").every((part) => /^(?:exchange|peer)$/u.test(roleOf(part) ?? ""));
  if (word.includes(".") && !NAME_OF_EVENT.test(plain) && !isOfExchanges) return [[hostRole(plain), plain]];
  const parts = /[_.]/u.test(word) ? plain.split(/[_.]+/u) : (word.match(CAMEL) ?? []).map(normalize);
  if (parts.length < 2 || !parts.some((part) => part.length > 1 && roleOf(part)))
    return [[/\d/u.test(plain) ? "class" : "name", plain]];
  return readParts(parts, plain, isLabel);
}

/** «https://iikocard.ru/api/stop_lists» is about something else. */
function addressRole(address: string): Token["role"] {
  const isOther = (part: string) => /^(?:foreign|about)$/u.test(roleOf(part) ?? "") && part !== "example";
  if (
    address
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .some(isOther)
  )
    return "foreign";
  return isOfExchange(address) ? "peer" : "server";
}

function isOfExchange(address: string): boolean {
  return /^(?:[a-z]+:\/\/)?(?!\S*(?:demo|dev|log|ntp|sandbox|stag|test|uat|updat))(?:[\w-]+\.)*iiko(?:card)?\d*[.:/-]/iu.test(
    address,
  );
}

/** Tokens as `role:text `, one after the other. */
export function written(tokens: readonly Token[]): string {
  return tokens.map(({ role, text }) => `${role}:${text} `).join("");
}

/** `peer` or `server`, unless the name belongs to something else: `time.windows.com`. */
function hostRole(name: string): Token["role"] {
  if (isOfExchange(`${name}/`)) return "peer";
  const parts = name.split(/[.\d-]/u);
  if (parts.some((part) => roleOf(part) === "foreign" || /^(?:time|windows|pool)$/u.test(part)))
    return "foreign";
  return "server";
}

/** A name of several words has their roles, unless one is unknown or does not fit. */
function readParts(parts: string[], plain: string, isLabel: boolean): [Token["role"], string][] {
  const roles = parts.map((part): Token["role"] =>
    CLASS_WORDS.test(part) ? "class" : (roleOf(part) ?? "name"),
  );
  if (roles.includes("about")) return [["about", plain]];
  if (roles.includes("foreign")) return [["foreign", plain]];
  // `lastRevision` is reported at the end of each exchange.
  if (/^last/u.test(plain) && roles.slice(1).every((role) => role === "measure" || role === "object"))
    return [["measure", plain]];
  if (
    !isLabel &&
    plain.includes("_") &&
    roles.at(-1) === "failure" &&
    roles.slice(0, -1).every((role) => /^(?:exchange|peer)$/u.test(role))
  )
    return parts.map((part, index) => [roles[index] as Token["role"], part]);
  if (roles.includes("failure") && roles.every((role) => /^(?:object|measure|failure)$/u.test(role)))
    return [["failure", plain]];
  if (/_(?:total|count)$/u.test(plain)) return [["name", plain]];
  if (roles.some((role) => role === "name" || role === "failure" || role === "elsewhere" || role === "not"))
    return [["name", plain]];
  if (roles.includes("class")) return [["class", plain]];
  return parts.map((part, index) => [roles[index] as Token["role"], part]);
}

function normalize(word: string): string {
  return word.toLowerCase().replaceAll("ё", "е").replaceAll("’", "'");
}
