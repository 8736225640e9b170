import { type Sentence, sentencesOf } from "./sentences.ts";
import { subjectsOf } from "./subject.ts";
import { SENTENCES } from "./success-grammar.ts";
import { type Token, written } from "./tokens.ts";

const LONGEST_SENTENCE = 40;
/** How many were sent, or how long it took; not «пакет 3», a number of a package. */
const COUNTED =
  /^(?:moved|confirmed):\S+ (?:\S+ )?(?:mark:. )?number:|^number:|^measure:(?:duration|took|elapsed|время|длит)\S* |^server:\S+ (?:mark:- server:\S+ )*(?:mark:: number:\d+ )?$|^peer:\S+ $/u;
/** A success may be followed by any words but these, which revoke it or are about another time. */
const TAKES_BACK = new RegExp(
  [
    "(?:failure|trouble|doubt|not|no|elsewhere|about|foreign|began|next|able|matter|waiting|code|link):",
    "(?:done|well|confirmed):\\S+ number:0 |plain:(?:down|out|очеред\\S*|queue) |^(?:number:\\S+ |measure:\\S+ )$",
    "joins:(?:at|в) number:|number:\\d+:\\d+ $|time:? number:\\d+:|unit:(?:h|hours?|ч|час\\S*) ",
    "name:(?:un|не|остал|остав|left|remain|age|stale|давн|возраст|ago|назад|част|partial|skip|проп|old|стар|устар|schedul|график)",
    "name:(?:certif|сертиф|правил|rule)",
  ].join("|"),
  "u",
);
/** Names of other programs or places before the success. */
const OF_OTHERS =
  /(?:name|class):|server:\S*\.|plain:(?:restaurant|branch|ресторан|филиал)|measure:(?:added|deleted|created|добавл|удал|создан|измен)/u;
/** Even known words may cast doubt on a success. */
const DOUBTS = new RegExp(
  [
    "^(?:\\w+:(?:has|is|was|are|have|did|complete|close|finish|status|state|статус|состояние) )",
    "exchange:(?:exchanges|replications|syncs|обмены|обменов|синхронизаций) ",
    "(?<!confirmed:.{1,200})done:(?:closed|закрыт\\S*) (?!.*(?:well:|mark:… |confirmed:|number:(\\d+) joins:из number:\\1 ))",
    "mark:[!?¿] ",
    // A plan or a count.
    "(?<!done:удалось )exchange:\\S+ть(?:ся)? |well:\\S+ exchange:sync joins:",
    'mark:["»] (?:(?:confirmed|measure):(?:сохран|обнов|измен|updated|saved|added|добавл|created|создан))',
    "mark:\\( number:\\S+ unit:(?:h|hours?|ч|час\\S*) mark:\\) ",
    // The clock was set.
    "measure:(?:offset|смещение) (?:mark:[:=] )?number:\\S+ unit:",
    "code:(?:state|состояни\\S*) (?:mark:[:=] )?number:",
    "joins:to done:",
    // An attempt, or a session without a word for its outcome.
    "measure:(?:попытка|attempt|retry) (?:number:\\S+ (?:joins:\\S+ number:\\S+ )?)?done:(?!.*well:)",
    "(?:measure:session|measure:сеанс|measure:сессия) (?:\\S+:\\S+ )?done:(?:ended|closed|закрыт\\S*) $",
  ].join("|"),
  "u",
);

/**
 * @param tokens `…` stands for words that say that nothing went wrong.
 * @param isPlainPlace whether the line is about this exchange even without the other side's name.
 */
export function saysSuccess(tokens: readonly Token[], isPlainPlace: boolean): boolean {
  const isWithPeer = tokens.some(({ role }) => role === "peer");
  if (!isWithPeer && !(isPlainPlace && tokens.every(isOfNobody) && tokens[0]?.role !== "class")) return false;
  const exchanges = tokens.filter(({ role }) => role === "exchange");
  if (subjectsOf(tokens).length < exchanges.length || !addsUp(tokens) || DOUBTS.test(written(tokens)))
    return false;
  const sentences = sentencesOf(tokens);
  // The meaning of a longer sentence is unknown.
  const said = sentences.map(({ tokens: own }) => (own.length > LONGEST_SENTENCE ? "" : written(own)));
  const at = said.findIndex((text, index) => SENTENCES.says.test(text) || isEndedLater(said, index));
  if (at < 0) return isWithPeer && hasAll(sentences, said, written(tokens));
  if (sentences[at]?.isQuoted && !/^(?:measure|manner):/u.test(said[at - 1] ?? "")) return false;
  return said.every((_, index) => index === at || isOther(sentences, said, index, index < at));
}

function isOfNobody({ role, text }: Token): boolean {
  if (
    /^(?:локальн|local$|internal|внутренн)/u.test(text) ||
    (role === "server" && /[./]|address/u.test(text))
  )
    return false;
  return role !== "name" && !(role === "class" && !/^[\da-f-]+$/u.test(text));
}

/** «Обмен с ЦО: успешно», "Sync with HQ: 3 sent. Status=OK". */
function isEndedLater(said: readonly string[], index: number): boolean {
  const text = said[index] ?? "";
  if (!SENTENCES.names.test(text)) return false;
  const isWhole = /exchange:|moving:|measure:|manner:(?:job|task|зада)/u.test(text);
  return said.slice(index + 1).some((later, at) => {
    const isNext = said.slice(index + 1, index + 1 + at).every((one) => COUNTED.test(one));
    return SENTENCES.ends.test(later) && (later.startsWith("measure:") || (isWhole && isNext));
  });
}

function isOther(
  sentences: readonly Sentence[],
  said: readonly string[],
  index: number,
  isBefore: boolean,
): boolean {
  const [text = "", before = ""] = [said[index], said[index - 1]];
  const isSaid = !sentences[index]?.isQuoted || /^(?:code|link):/u.test(before);
  const isBeside = !TAKES_BACK.test(text) && !(isBefore && OF_OTHERS.test(text));
  if (isSaid && text !== "" && (isBeside || SENTENCES.tells.test(text) || SENTENCES.ends.test(text)))
    return true;
  if (isBefore && (SENTENCES.before.test(text) || SENTENCES.names.test(text))) return true;
  if (SENTENCES.number.test(text))
    return (
      SENTENCES.labels.test(before) || (text.startsWith("plain:") ? /^well:/u : /object:\S+ $/u).test(before)
    );
  const end = sentences[index]?.end ?? "";
  // A pair follows: `entities sent=3`.
  const isBeforePair = end === "" && index < sentences.length - 1;
  return (
    (isBeforePair ||
      (isBefore ? text.includes("waiting:") && /^[(…]$/u.test(end) : /^[:=(…"]$/u.test(end))) &&
    SENTENCES.labels.test(text)
  );
}

/** «Все чеки выгружены на сервер лояльности (142 из 142), очередь пуста». */
function hasAll(sentences: readonly Sentence[], said: readonly string[], text: string): boolean {
  const at = said.findIndex((one) => SENTENCES.hasAll.test(one));
  const own = said[at] ?? "";
  const isWhole =
    /number:(\d+) joins:(?:из|of|от) number:\1 |number:(\d+)\/\2 |waiting:|manner:(?:all|все) /u.test(text) ||
    /object:(?:данные|data|изменения|changes|обновления|updates|delta) |number:\d+ object:/u.test(own);
  const isHeld = own.startsWith("link:")
    ? /waiting:\S+ (?:object:\S+ )*(?:mark:\( number:\S+ (?:\S+ )*?mark:\) )?(?:well:\S+ )?(?:moved:|mark:… (?!$))/u.test(
        text,
      )
    : isWhole || /confirmed:|mark:… /u.test(text);
  if (at < 0 || !isWhole || !isHeld || text.includes("number:0 ")) return false;
  return said.every((_, index) => index === at || isOther(sentences, said, index, index < at));
}

/** False for dates, for fewer confirmed than sent, and for "3 of 5". */
function addsUp(tokens: readonly Token[]): boolean {
  const text = written(tokens);
  if (
    /(?<!class:\S+ )number:(?:[-−]\d+ |\d{4}-\d\d-|\d{1,2}[./]\d{1,2}[./]\d)|number:0 unit:(?:b|bytes?|байт) /u.test(
      text,
    )
  )
    return false;
  const counts = (counted: RegExp) =>
    tokens.flatMap((token, index) => (counted.test(written([token])) ? (countOf(tokens, index) ?? []) : []));
  const most = Math.max(0, ...counts(/^moved:|^object:|:(?:total|всего|out|исх\S*) $/u));
  const held = counts(
    /^well:|:(?:ack|matched|совпал|confirmed|подтвержд|применен|applied|accepted|учтен|зачислен|обработан|processed|saved|сохранен|stored|imported|delivered|merged|written|persisted|verified|ingested|доставлен|зачтен|квитирован)/u,
  );
  const byPeer =
    /(?:(?:confirmed|moved):\S+ (?:(?:peer|server):\S+ )+|(?:(?:peer|server):\S+ )+(?:confirmed|moved):\S+ )(?:mark:: )?number:(\d+) |number:(\d+) (?:object:\S+ )?(?:confirmed|moved):\S+ (?:joins:by|peer:|server:)/u.exec(
      text,
    );
  const [total = 0] = counts(/:(?:total|всего|count|количество) $/u);
  const moved = counts(/^moved:/u);
  if (
    moved.length > 0 &&
    moved.every((count) => count === 0) &&
    counts(/^object:/u).some((count) => count > 0)
  )
    return false;
  if (counts(/^well:/u).includes(0) || (moved.length > 0 && Math.max(...moved) < total)) return false;
  if ([...held, ...(byPeer ? [Number(byPeer[1] ?? byPeer[2])] : [])].some((count) => count < most))
    return false;
  const parts = text.matchAll(
    /(\S+ )?number:(\d+)(?: (?:(?:object|unit):\S+ )*(?:\w+:out )?joins:(?:из|of|от) number:|\/)(\d+) /gu,
  );
  return [...parts].every(
    ([, before = "", part, whole]) => part === whole || /:(?:попыт|attempt|retry)/u.test(before),
  );
}

function countOf(tokens: readonly Token[], index: number): number | null {
  const own = tokens[index] as Token;
  const [next, second, third] = [1, 2, 3].map((offset) => tokens[index + offset]);
  const before = tokens[index - 1]?.role === "object" ? tokens[index - 2] : tokens[index - 1];
  const isLabel = /^(?:object|measure)$/u.test(next?.role ?? "") || /^[:=(]$/u.test(next?.text ?? "");
  // «успешно: 6 чеков» counts the receipts.
  const isOfOther = own.role === "well" && third?.role === "object";
  const counted = [next, isLabel && !isOfOther ? second : undefined, before].find(
    (token) => token?.role === "number",
  );
  return counted ? Number(counted.text) : null;
}
