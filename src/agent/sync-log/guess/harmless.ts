import { type Token, written } from "./tokens.ts";

// The patterns match tokens as `written` joins them.
const TROUBLE =
  "(?:(?:failure|doubt):\\S+|\\w+:(?:skipped|pending|ignored|unsent|пропущен\\S*|отброшен\\S*|loss|losses|lost|потер\\S*)) ";
const FOUND =
  "\\w+:(?:occurred|reported|found|detected|total|было|(?:обнаружен|найден|выявлен)[аоы]?|возникло|получено|зафиксировано) ";
const ZERO = "number:0(?:[.,]0+)?(?:/\\d+)? ";
const NONE = "\\w+:(?:нет|none|null|false|off|отсутству\\S*) ";
const IS = "(?:(?:mark:\\. )?mark:[:=—–(-] )";
const END = "(?=$|\\w+:\\S+ mark:= |mark:[,;.!)\\]}»\"'…—–(-] )";
/** Not followed by a number that counts this word. */
const NO_COUNT = "(?!(?:mark:[:=] )?number:\\S+ (?!(?:object|unit|failure|doubt):))";
/** The number does not belong to the word before it: `sent: 0 failed: 3`. */
const OWN_NUMBER = "(?=number:0)(?<!mark:= |(?:moved|confirmed|object|measure):\\S{1,40} (?:mark:[:/] )?)";

/** Nothing went wrong, or had to be done: «без ошибок и предупреждений», «ошибок: 0», "no changes", «очередь пуста». */
const ALL_WELL = [
  `${TROUBLE}mark:= mark:< \\w+:(?:nil|null|none) mark:> `,
  "\\w+:(?:after|после) (?<=(?:well|done):\\S+ (?:\\S+:\\S+ ){0,6}\\S+ )number:\\S+ failure:\\S+ \\w+:(?:attempt|retr|tr|попыт)\\S* ",
  "not:\\S+ moved:\\S+ (?:object:\\S+ )?not:\\S+ \\w+:остал\\S* ",
  `no:(?!false)\\S+ (?:\\w+:any )?${TROUBLE}(?:joins:(?:и|или|and|or) ${TROUBLE})?${NO_COUNT}`,
  `${OWN_NUMBER}${ZERO}${TROUBLE}(?:object:\\S+ |${FOUND})?(?:${NO_COUNT}|${ZERO})`,
  `${TROUBLE}(?:mark:" mark:[:=] |${IS})?(?:${ZERO}(?!mark:[:=/]|number:)|${NONE}${END})`,
  `${TROUBLE}(?:no:\\S+ ${END}|(?:\\w+:(?:were|was) )?not:\\S+ ${FOUND})`,
  `not:\\S+ (?:${FOUND}${TROUBLE}|(?:moved|confirmed):\\S+ ${IS}?${ZERO}${END})`,
  `no:\\S+ (?:\\w+:(?:any|new|нов\\S+) )?\\w+:(?:changes|updates|изменений) (?:joins:to \\w+:\\S+ )?`,
  "no:\\S+ \\w+:нов\\S+ object:\\S+ |no:\\S+ \\w+:new object:\\S+ |no:nothing (?:joins:to \\w+:\\S+ |\\w+:(?:new|changed|left) (?:joins:in object:\\S+ )?)",
  `(?:\\w+:(?:изменений|отставания) |\\w+:нов\\S+ object:\\S+ )(?:no:\\S+ |not:\\S+ ${FOUND})${END}`,
  `${ZERO}(?:object:\\S+ )?\\w+:left (?:joins:in (?:joins:the )?\\w+:queue )?|\\w+:осталось (?:mark:: )?${ZERO}`,
  `\\w+:(?:lag|отставание) (?:mark:[:=] )?${ZERO}`,
  "\\w+:(?:очередь|queue) (?:mark:\\( number:\\S+ object:\\S+ mark:\\) )?(?:(?!mark|not|no)\\w+:\\S+ ){0,2}\\w+:(?:(?:пуст|выгружен|отправлен|передан)\\S*|empty|drained|flushed) ",
];
/** Part of a larger failure, over, or a setting: no failure, but no success either. */
const OF_NOTHING = [
  "failure:\\S+ (?:exchange:\\S+ (?:joins|unit):\\S+ peer:\\S+ )?(?:able:resolved|done:закрыт\\S*) $",
  "failure:\\S+ elsewhere:(?:will|буд[уе]т) |elsewhere:(?:after|после|до) number:\\S+ failure:\\S+ (?!\\w+:attempts)",
  "trouble:превыш\\S* \\w+:(?:порог|норма)\\S* ",
  `${TROUBLE}(?:(?!mark|number|failure)\\w+:\\S+ ){1,8}(?:mark:[:=] )?(?:${ZERO}|${NONE})${END}`,
  `${TROUBLE}mark:= (?:mark:["'] mark:["']|mark:\\[ mark:\\]) `,
  `${TROUBLE}(?:exchange:\\S+ )?mark:: not:\\S+ ${FOUND}`,
  `${TROUBLE}(?:\\w+:(?:were|was|сервера) )?not:\\S+ (?!able:|done:|mark:|moved:)\\w+:\\S+ `,
  "joins:(?:on|при|для) failure:\\S+ ",
  `(?:matter:\\S+|\\w+:порог) ${TROUBLE}`,
  `${TROUBLE}(?:(?!mark)\\w+:\\S+ )?matter:\\S+ `,
  "\\w+:(?:timeout|таймаут|тайм) (?:mark:[:=] )?number:\\S+ (?:unit:\\S+ )?",
];
/** Only where a token begins. */
const HARMLESS = new RegExp(`(?<!\\S)(?:(?<well>${ALL_WELL.join("|")})|${OF_NOTHING.join("|")})`, "gu");

/** Replaces words that mean no failure by a mark: `…` where all went well, `¿` elsewhere. */
export function withoutHarmless(tokens: readonly Token[]): Token[] {
  const begins = new Map<number, number>();
  let length = 0;
  for (const [index, { role, text }] of tokens.entries()) {
    begins.set(length, index);
    length += role.length + text.length + 2;
  }
  const left = [...tokens];
  for (const { index, 0: found, groups } of [...written(tokens).matchAll(HARMLESS)].reverse()) {
    const first = begins.get(index) as number;
    const end = begins.get(index + found.length) ?? tokens.length;
    const mark = groups?.well === undefined ? "¿" : "…";
    left.splice(first, end - first, { ...(tokens[first] as Token), role: "mark", text: mark });
  }
  return left;
}
