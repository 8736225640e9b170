import { sumsUp } from "./numbers.ts";
import { type Sentence, sentencesOf } from "./sentences.ts";
import { isWord, subjectsOf } from "./subject.ts";
import { type Token, written } from "./tokens.ts";

/** What may stand in the sentence that says it: «Плановый сеанс обмена данными с главным сервером №7 успешно завершён за 3 с». */
const IN_CORE = /^(?:exchange|peer|server|done|well|manner|joins|number|unit|code|class)$/u;
const SESSION =
  /^(?:job|task|задач|задани|связи$|сеанс|сесси|цикл|раунд|попытк|session|cycle|round|attempt|retry|выполнени|завершени|запрос|result|результат)/u;
const DATA = /^(?:данн|data$|чек|receipt|транзакц|transaction|изменени|changes?$|пакет)/u;
/** What may be told of it besides. */
const IN_REST =
  /^(?:exchange|peer|server|object|moving|moved|confirmed|done|well|code|joins|measure|manner|plain|unit|number|class)$/u;
/** Alone they say how something ended. */
const IN_ENDING = /^(?:done|well|code|joins|manner|number|class|unit|exchange)$/u;
const MARK = /^[.,;:=()[\]{}«»“”"'#№—–\-></!…&+|*%]$/u;
/** What of an exchange is the exchange: «сеанс обмена», but not «порция обмена». */
const HEAD = "(?:время|сеанс|сесси|цикл|задач|задани|работ|результат|итог|код|попытк|завершени)";
/** These happen with the other side or not at all: «синхронизирован с главным сервером». */
const EXCHANGED = /^(?:синхронизирован|синхронизировал|обменял|synchroni[sz]ed|synced|replicated|exchanged)/u;

/** What known words may say beside that an exchange has succeeded, of tokens as they are `written`. */
const DOUBTS = new RegExp(
  [
    "^(?:\\w+:(?:has|is|was|are|have|did|complete|close|finish|status|state|статус|состояние) )",
    "mark:[!=] mark:= ",
    "(?<!number:\\d{1,9} (?=joins:in ))joins:\\S+ (?:$|mark:[^=\"'«“(#№…:] )|(?!joins:in )joins:\\S+ mark:: ",
    "\\w+:ок mark:\\. number:",
    "(?:done|well):\\S+ (?:class:|mark:[«“] )",
    "(?:done|well):\\S+ mark:[\"'] [^\"']*mark:[\"'] ",
    // It was the other side that ended it.
    "done:\\S+ (?:\\w+:удаленн\\S* |\\w+:сервером |\\w+:(?:со|стороны) |peer:\\S+ \\w+:сервером |joins:by )",
    "exchange:(?:exchanges|replications|syncs|обмены|обменов|синхронизаций) ",
    "exchange:\\S+ \\w+:(?:servers?|scheduled?|(?:status|state)(?! mark:= )) |joins:на exchange:|joins:as (?:done|well):",
    "exchange:(?:обмен|синхронизация|репликация) (?:mark:. )?object:(?!данн)\\S+ |object:(?!data )\\S+ exchange:[a-z]",
    `(?:^| )(?!(?:mark|done|well|joins|manner):|\\w+:${HEAD})\\w+:\\S+ exchange:(?:обмена|синхронизации|репликации) `,
    // Of a code that is no number, or of an object that is one of many.
    "code:\\S+ (?:mark:. )?(?:class|name):",
    `object:\\S+ (?:mark:. )?(?:number|class):\\S+ exchange:(?:${EXCHANGED.source.slice(4, -1)})`,
  ].join("|"),
  "u",
);

/**
 * Whether a text says that an exchange with the main server has succeeded: one sentence is about it and has no word that is not one of
 * such a sentence, and whatever else is told, in known words and numbers, does not speak against it.
 * @param rest what follows about the next one.
 */
export function saysSuccess(
  tokens: readonly Token[],
  rest: readonly Token[],
  isPlainPlace: boolean,
): boolean {
  const known = withoutNames(tokens);
  if (known.filter(({ text }) => text === '"').length % 2 === 1) return false;
  if (!known.every(isKnown) || !withoutNames(rest).every(isKnownNext)) return false;
  if (DOUBTS.test(written(known)) || !sumsUp(known)) return false;
  const words = known.filter(isWord);
  const exchanges = words.filter(({ role }) => role === "exchange");
  if (subjectsOf(known).length < exchanges.length) return false;
  const isWithOther = words.some(({ role }) => role === "peer");
  if (!isWithOther && !(isPlainPlace && isPlain(words))) return false;
  const sentences = sentencesOf(known);
  return sentences.some((_, index) => isCore(sentences, index)) || isAllAcknowledged(known, words);
}

/** Where nobody is named, there is nothing but how it went and how long it took. */
function isPlain(words: readonly Token[]): boolean {
  return words.every(
    ({ role, text }) =>
      /^(?:exchange|done|well|number|unit|joins|manner|moved|confirmed|object|code)$/u.test(role) ||
      SESSION.test(text) ||
      /^(?:ревизи|revision|duration|took|elapsed|server|сервером|records?|rows?|запис|данн|data)/u.test(text),
  );
}

/** The sentence that says it, in itself or with a later one: «Обмен с ЦО: успешно», "Sync with HQ: 3 sent. Status=OK". */
function isCore(sentences: Sentence[], index: number): boolean {
  const { tokens, words, isQuoted } = sentences[index] as Sentence;
  const before = sentences[index - 1]?.words ?? [];
  if (isQuoted && !SESSION.test(before.at(-1)?.text ?? "")) return false;
  const isOfPeer = before.length > 0 && before.every(({ role }) => role === "peer" || role === "server");
  const end = words.findLastIndex(({ role }) => /^(?:exchange|peer|done|well)$/u.test(role));
  const said = words.slice(0, end + 1);
  const peer = said.find(({ role }) => role === "peer") ?? (isOfPeer ? before[0] : undefined);
  const isSession = said.some(({ text }) => SESSION.test(text)) || isSendingToPeer(said);
  const subject = subjectsOf(tokens)[0] ?? (isSession ? peer : undefined);
  const isOnlyOfIt = ({ role, text }: Token) =>
    IN_CORE.test(role) ||
    SESSION.test(text) ||
    DATA.test(text) ||
    (/^(?:moving|object)$/u.test(role) && isSendingToPeer(said));
  if (!subject || !said.every(isOnlyOfIt)) return false;
  if (said.some(({ role }, at) => role === "done" || (role === "well" && isItsOwn(words, at)))) return true;
  if (EXCHANGED.test(subject.text) && peer) return true;
  return sentences.slice(index + 1).some((next, at) => (at === 0 || peer) && isEnding(next));
}

/** «Выгрузка на главный сервер», and no «Загрузка с главного сервера», which is a part of it. */
function isSendingToPeer(words: readonly Token[]): boolean {
  return /moving:(?:выгрузк|отправк|передач|upload|push|send|transfer)\S* (?:object:\S+ )*(?:joins:(?:на|в|to|the) ){1,2}(?:server:\S+ )?peer:/u.test(
    written(words),
  );
}

/** «обмен успешно завершён», but not «запрос успешно отправлен», "session created successfully". */
function isItsOwn(words: readonly Token[], index: number): boolean {
  return ![words[index - 1], words[index + 1]].some(
    (beside) =>
      /^(?:moved|moving|confirmed)$/u.test(beside?.role ?? "") ||
      /^(?:создан|добавлен|удален|изменен|created|added|deleted)/u.test(beside?.text ?? ""),
  );
}

/** «успешно», "completed ok", `result=success`. */
function isEnding({ words }: Sentence): boolean {
  return (
    words.some(({ role }) => role === "done" || role === "well") &&
    words.every(({ role, text }) => IN_ENDING.test(role) || SESSION.test(text))
  );
}

/** Everything went to the other side, and that has it: no word for the exchange itself. */
function isAllAcknowledged(tokens: readonly Token[], words: readonly Token[]): boolean {
  const text = written(tokens);
  const has = (role: string) => words.some((word) => word.role === role);
  const isSent = /joins:(?:на|в|to) (?:joins:the )?(?:server:\S+ )?peer:/u.test(text) && has("moved");
  const isAccepted =
    /peer:\S+ (?:(?:server|manner):\S+ )*(?:confirmed|moved):(?:принял|подтвердил|ack|accepted|confirmed)/u.test(
      text,
    );
  const isApplied =
    /joins:(?:from|со?) (?:joins:the )?peer:|unit:с (?:server:\S+ )?peer:/u.test(text) &&
    has("moved") &&
    has("confirmed");
  const isAll =
    /:(?:all|все) |number:(\d+) (?:joins:(?:из|of|от)|mark:\/) number:\1 |number:(\d+)\/\2 /u.test(text);
  const isResent = text.includes("link:") && /waiting:\S+ (?:object:|mark:…)/u.test(text) && has("moved");
  if (isResent) return true;
  const isCounted = /number:\d+ object:/u.test(text) && has("moved");
  const isWhole =
    isAll || isCounted || /object:(?:данные|data|изменени|changes|обновлени|updates|delta)/u.test(text);
  const isHeld = has("confirmed") || text.includes("mark:… ");
  return has("object") && (isSent || isAccepted || isApplied) && isWhole && isHeld;
}

/** "response 200", «ответ: ОК»: not that there was one, but what it says. */
function isAnswer(tokens: readonly Token[], index: number): boolean {
  const answer = tokens.slice(index + 1).find(({ role }) => !/^(?:mark|server|peer)$/u.test(role));
  return (
    /^(?:response|ответ|ответил|replied|responded|answered|reply|answer)$/u.test(tokens[index]?.text ?? "") &&
    /^(?:code|well)$|^number:(?:0|2\d\d)$/u.test(
      answer?.role === "number" ? `number:${answer.text}` : (answer?.role ?? ""),
    )
  );
}

function isKnown({ role, text }: Token, index: number, all: readonly Token[]): boolean {
  if (role === "mark") return MARK.test(text);
  if (role === "class") return isNamedBefore(all, index) || /^[^\d]+$/u.test(text);
  if (role === "name" && (isCounted(all, index) || isNameOfDuration(all, index))) return true;
  // Of a hexadecimal number it is known what it is where that stands before it: `cursor=0x1D4C11`.
  if (role === "name" && /^0x[\da-f]+$/u.test(text)) return isNamedBefore(all, index);
  if (role === "waiting") return hasGone(all, index);
  const isLink =
    role === "link" &&
    (text === "связи" || all.some((token) => /^(?:restored|восстановлен)/u.test(token.text)));
  return (
    IN_REST.test(role) || isLink || isAnswer(all, index) || (text === "down" && all[index + 1]?.text === "=")
  );
}

/** "14 queued receipts delivered", «накопленные данные (9) переданы» */
function hasGone(tokens: readonly Token[], index: number): boolean {
  return /^waiting:\S+ (?:mark:… |object:\S+ (?:mark:\( number:\S+ (?:\w+:\S+ )?(?:mark:\. )?mark:\) )?(?:\w+:(?:were|успешно|have|been) )*(?:moved|confirmed):)/u.test(
    written(tokens.slice(index)),
  );
}

/** `session e21c`, «пакет №7f3a»: what an identifier is of. */
function isNamedBefore(tokens: readonly Token[], index: number): boolean {
  const named = tokens.slice(0, index).findLast(isWord);
  if (named?.role === "exchange") return /^[\da-f]{4,}$/u.test(tokens[index]?.text ?? "");
  return (
    /^(?:measure|object|confirmed)$/u.test(named?.role ?? "") ||
    /^(?:session|сеанс|сесси)/u.test(named?.text ?? "")
  );
}

function isKnownNext(token: Token, index: number, all: readonly Token[]): boolean {
  return isKnown(token, index, all) || /^(?:next|began)$/u.test(token.role);
}

/** "received 12 leads": whatever it is, it was received. */
function isCounted(tokens: readonly Token[], index: number): boolean {
  const number = tokens[index - 1]?.role === "object" ? index - 2 : index - 1;
  if (tokens[number]?.role !== "number") return false;
  const counted = tokens.slice(0, number).findLast((token) => !/^[.:=]$/u.test(token.text));
  return counted?.role === "moved" || counted?.role === "confirmed";
}

/** `dur=0.53s`: whatever took so long. */
function isNameOfDuration(tokens: readonly Token[], index: number): boolean {
  const [mark, number, unit] = tokens.slice(index + 1, index + 4);
  return (
    /^[:=]$/u.test(mark?.text ?? "") && (unit?.role === "unit" || /^\d+:\d\d:\d\d/u.test(number?.text ?? ""))
  );
}

/** Leaves out the names of organizations. */
function withoutNames(tokens: readonly Token[]): Token[] {
  const left: Token[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    const isNamed = /^(?:организац|organi[sz]ation)/u.test(tokens[index - 1]?.text ?? "");
    const length =
      isNamed && /^[«"'“]$/u.test(token.text)
        ? tokens.slice(index + 1).findIndex(({ text }) => /^[»"'”]$/u.test(text))
        : -1;
    const name = tokens.slice(index + 1, index + length + 1);
    if (name.some(({ role }) => role !== "mark" && role !== "number")) index += length + 1;
    else left.push(token);
  }
  return left;
}
