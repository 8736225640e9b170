/**
 * Sentences about a successful exchange, as regular expressions over tokens as `written` joins them: `<role>` is a token,
 * `<role=word|word>` one of these words, `<NAME>` the expression above with that name.
 */
const GRAMMAR = {
  NUMBER: "number:\\d[\\d.,]* ",
  CLOCK: "number:(?:\\d+\\.)?\\d+:\\d\\d:\\d\\d(?:[.,]\\d+)? ",
  ID: "(?:<mark=[#№]>(?:<number>|<class>)|number:[1-9][\\d-]* |class:(?=\\S*\\d)[\\da-f]{2,}(?:-\\w+)* (?:<mark=->?(?:number:-?\\d+ |<class>))*|<class=[\\da-f]{8}-\\S+>|<name=0x(?!8[\\da-f]{7}\\b)\\S+>)",
  DATA: "<object=данными|данных|data|changes|транзакциями|чеками|receipts|transactions>",
  SESSION:
    "<manner>?(?:<measure=сеанс|сессия|цикл|раунд|попытка|session|cycle|round|attempt|retry|job|task>|<moving=run>|<manner=job|task|задача|задание|round>(?:<mark=->?<manner=trip>)?)<link=связи>?(?:number:\\d+/\\d+ )?(?:<ID>(?:<joins=of|из><NUMBER>)?)?",
  /** «главным сервером лояльности», "the HQ", "central RK7". */
  PEER: "<joins=the>?(?:<server>|<manner=loyalty|лояльности|сети|картовый|картового>|<mark=->)*<peer>(?:<peer>|<server>|<mark=->|<manner=сети|loyalty|лояльности|r_keeper|rkeeper>|<object=организации>)*(?:class:[a-z]+\\d+ (?=(?:done|well):|$))?(?:<server>(?:<mark=-><server>)*(?:mark:: <number>)?)?",
  WITH: "(?:<joins=with|to|and|на|со|от|from|peer>|<unit=с>)<mark==>?",
  EXCHANGE:
    "(?:<DATA>|<object=данные>)?<peer=лояльности|loyalty>?<object=data>?<exchange><plain=end>?<SESSION>?<ID>?<DATA>?",
  SENDING:
    "(?:<manner=loyalty>|<object>)*<moving=выгрузка|отправка|передача|upload|push|transfer>(?:<object>|<joins=и|and>|<manner=лояльности|loyalty>)*<SESSION>?<joins=на|в|to><PEER>",
  NAMED:
    "(?:<class>|server:[a-z]+\\.[a-z.]+ )?<manner>*<SESSION>?(?:<PEER>?<EXCHANGE>(?:<WITH>?<PEER>)?|(?:<moving><joins=и|and><moving><object>*)?<WITH><PEER>|<SENDING>)(?:<SESSION>|<ID>)?",
  HAS: "(?:<manner=has|have|been|уже|полностью>|<joins=is|was>|<plain=был|была|было>)",
  WELL: "(?:<joins=со|with|as>|<unit=с>)?<code>?<mark=[:=]>?<well>",
  ENDED: "<HAS>*(?:<WELL>|<done>)+",
  IN_TIME:
    "(?:(?:<joins=за|in|for|with|after|после|from|on>|<unit=с>)?(?:<CLOCK>|<NUMBER><unit>|<NUMBER>?(?:<plain>|<manner=первой|второй|третьей>)?<measure=retry|retries|attempts?|попыт\\S+>(?:number:\\d+/\\d+ |<NUMBER>(?:<joins=of|из><NUMBER>)?)?))",
  RESTORED: "<link><WITH><PEER><plain=восстановлен\\S*|restored><IN_TIME>?",
  THING: "(?:<object>|<moved>|<confirmed>|<moving>|<manner=all|все|локальн\\S+|loyalty|лояльности>)",
  LABEL:
    "(?:<measure=вх|исх|вход|выход|in|out|tx|rx|total|всего|added|добавлен\\S*|deleted|удален\\S*|new|нов\\S+|изменен\\S*|created|count|кол|количество|итого|incoming|outgoing|входящ\\S+|исходящ\\S+>|<plain=up|out|down>|<joins=in>)",
  AMOUNT: "(?:<NUMBER>(?:<unit>|<mark=\\.>)*|number:\\d+/\\d+ )",
  ACCEPTS:
    "(?:<PEER>|<server>)<HAS>?(?:<moved=принял\\S*>|<confirmed>)<moving>?(?:<manner=all|все>|<plain=всех>|<object>|<measure>|<NUMBER>|<ID>)*",
  GONE: "<manner=all|все|локальн\\S+|loyalty>*<waiting>?<NUMBER>?<waiting>?<object>+(?:<peer=лояльности|loyalty>|<manner=лояльности|loyalty>)?(?:(?<=object:(?:пакет|package|packet|batch) )<ID>)?(?:<joins=за|for><measure=смену|shift><number>)?",
  /** Everything that goes to the other side, but not «данные карты». */
  OURS: "(?:<manner=all|все|loyalty>*<waiting>?(?:<object=данные|изменения|data|changes|transactions|транзакции|receipts|чеки|documents|документы|orders|заказы|operations|операции|packages|пакеты|events|payments>|<NUMBER><waiting>?<object>+)(?:<peer=лояльности|loyalty>|<manner=лояльности|loyalty>)?(?:<joins=за|for><measure=смену|shift><number>)?)",
  MOVES:
    "<GONE>?<well>?(?:(?:<joins=на|в|to|from>|<unit=с>)<PEER>)?<HAS>*<joins=were>?(?:<moved>|<confirmed>)<well>?(?:<joins=и|and>(?:<moved>|<confirmed>))?<object>*(?:(?:<joins=на|в|to|from|by>|<unit=с>)(?:<PEER>|<manner=локальную><plain=бд>|<plain=бд>))?(?:<joins=и|and>(?:<moved>|<confirmed>))?(?:<plain=им>|<server=сервером>)?",
} as const;

/** Alone states the success: «Плановый сеанс обмена с главным сервером №7 успешно завершён за 3 с», "HQ sync OK". */
const SAYS_IT = [
  // One for all places of the end: each `NAMED` takes half a megabyte when it is compiled.
  "(?=.*(?<!\\S)(?:done|well):)(?:<class>?<ENDED>|<IN_TIME>)?<NAMED><ENDED>?<IN_TIME>?",
  "<SESSION><done><joins=by>?<PEER><WELL>",
  "<PEER><SESSION><done>?<well><IN_TIME>?",
  "<DATA>?<WITH><PEER><manner=все|everything>?<exchange=синхронизирован\\S*|synced|synchroni[sz]ed><well>?",
  "<done=удалось><exchange=обменяться|синхронизироваться><object=данными>?<WITH><PEER><IN_TIME>?",
  "<PEER><confirmed=acknowledged|confirmed|подтвердил\\S*><EXCHANGE>",
  "<class>?(?:<object=данные|data>|<manner=loyalty|лояльности|all|все|полностью|pos|database|база|db>|<peer=лояльности>)*<well>?<exchange=synced|synchroni[sz]ed|replicated|exchanged|обменял\\S*|синхронизирован\\S*|синхронизировал\\S*><WITH><PEER><well>?<IN_TIME>?",
];
/** Names the exchange («Обмен с ЦО»); a sentence of `ENDS_IT` then says that it went well: «успешно», `status=ok`. */
const NAMES_IT = [
  "<NAMED>(?:<measure=занял\\S*|took><NUMBER><unit>)?",
  "<PEER>",
  "<plain=end|конец><joins=of>?<exchange>",
];
const ENDS_IT = [
  "<joins=но|but>?<SESSION>?<exchange>?<ENDED><IN_TIME>?",
  "<code><mark=[:=]>?(?:number:(?:0|200) |(?:number:(?:0|200) )?(?:<well>|<done>))",
];
const BEFORE_IT = [
  "<PEER>",
  "<RESTORED>",
  "name:(?!\\S*(?:test|mock|fake|stub|simul|dry|demo))\\S*(?:serve?r?|srv|client|service|agent|worker|job|sync|exchange|upload\\S*|repl\\S*) ",
  "(?:<manner>|<plain=agent|uplink>|<peer>|<exchange>|<class>|<mark=->)+",
];
/** Details: how long it took, how much was sent, in which session, that the other side has it. */
const TELLS_MORE = [
  "(?:<THING>|<LABEL>|<unit>|<mark=[.+-]>|<joins=and|и>|<server=сервером>|<plain=down>){1,6}<mark=[:=]>?<joins=из|from|за|for>?<mark=\\+>?<AMOUNT>(?:<THING>|<LABEL>|<unit>|(?:<joins=and|и>|<mark=[+]>)<AMOUNT>|<joins=из|from><plain=очереди|queue>)*(?:<joins=by|from|на|to|в|the>*(?:<PEER>|<server>|<plain=бд>))?<IN_TIME>?",
  "<AMOUNT><waiting>?(?:<THING>|<LABEL>|<unit>)(?:<THING>|<LABEL>|<unit>|(?:<joins=and|и>|<mark=[+]>)<AMOUNT>|<joins=из|from><plain=очереди|queue>)*(?:<joins=by|from|на|to|в|the>*(?:<PEER>|<server>|<plain=бд>))?<IN_TIME>?",
  "<plain=current|текущ\\S*>?(?:<measure>|<object=пакет|package|packet|batch>|<confirmed>)(?:<measure>|<object=данных>|<joins=is>|<manner=now>|<server>|<plain=advanced>|<joins=to|from>|<mark=[:=#№.]>)*(?:<ID>|<CLOCK>)(?:(?:mark:- mark:> |mark:→ )<NUMBER>)?(?:<moved>|<confirmed>|<done>)?(?:<joins=by>?<PEER>)?",
  "(?:<code>|<well>)(?:<plain=возврата|завершения>|<link=ответа>)?<mark=[:=]>?(?:number:(?:0|20[0-4]) |<well>|<done>|<plain=true>|<confirmed=accepted>)*",
  "(?:<server>|<peer>|<link>|<able=ответил|replied|responded>|<moved=получен\\S*|received>)+<code>?<mark=[:=]>?(?:number:(?:0|200) )?<well>*",
  "<class>?<SESSION><ENDED>?",
  "<ACCEPTS>",
  "<MOVES>",
];
/** What a number after a mark counts. */
const LABELS = ["(?:<THING>|<LABEL>|<measure>|<waiting>){1,3}"];
/** All has gone to the other side, which has it: no word for the exchange itself. */
const HAS_IT_ALL = [
  "<OURS><joins=were>?<HAS>*<well>?<moved><joins=на|в|to><PEER>(?:<joins=и|and><confirmed><plain=им>?)?",
  "<OURS><joins=на|в|to><PEER><moved><well>?",
  "<manner>*<object=данные|data|изменения|changes|обновления|updates|delta>(?:<unit=с>|<joins=from>)<PEER><moved><joins=и|and><confirmed><well>?",
  "<moved><joins=and><confirmed><object><joins=from><PEER>",
  "<moved><OURS><joins=to><PEER>",
  "<well>?<moved><joins=на|в|to><PEER>(?:<joins=и|and><confirmed><plain=им>?)?",
  "<RESTORED>",
];

const productions = new Map<string, string>();
for (const [name, text] of Object.entries(GRAMMAR)) productions.set(name, expand(text));

function expand(text: string): string {
  return text.replace(/<([A-Z_]+|[a-z]+)(?:=([^<>]+))?>/gu, (_, name: string, words?: string) => {
    const known = productions.get(name);
    return `(?:${known ?? `${name}:${words === undefined ? "\\S+" : `(?:${words})`} `})`;
  });
}

function compile(alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.map(expand).join("|")})$`, "u");
}

export const SENTENCES = {
  says: compile(SAYS_IT),
  names: compile(NAMES_IT),
  ends: compile(ENDS_IT),
  before: compile(BEFORE_IT),
  tells: compile(TELLS_MORE),
  labels: compile(LABELS),
  hasAll: compile(HAS_IT_ALL),
  number: compile(["<mark=:>?(?:<AMOUNT>|<plain=true>)"]),
};
