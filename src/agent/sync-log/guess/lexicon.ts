/**
 * Words about exchanges in Russian and English by their role in a sentence, ё as е. `*` matches any ending, `+` those of a
 * participle («завершен+»: завершена, завершено, завершены), `~` those of a past tense («завершил~»: завершила, завершился).
 */
const LEXICON = {
  exchange:
    "синхр ресинхронизаци* resync* обмен обмена обмену обменом обмене обмены обменов обменял~ обменяться обменяемся синхронизация " +
    "синхронизации синхронизацию синхронизацией синхронизирован+ синхронизировал~ синхронизироваться синхронизировать синхронизируемся " +
    "репликация репликации репликацию репликацией exchange exchanges exchanged exchanging sync syncs synced syncing synchronize " +
    "synchronise synchronized synchronised synchronizes synchronizing synchronising synchronization synchronisation synchronizer " +
    "replication replicated replicating",
  /** The other side of the exchange. */
  peer:
    "гс цс mainserver headoffice centralserver chain айкочейн iikochain iikocard5 айкокард* офис офиса офисом офису офисе гл цс цод " +
    "главн* центральн* головн* центр центра центру центром центре мейн* цо лояльност* iiko iikocard iikobiz айко main central head hq " +
    "headquarter* office loyalty upstream",
  server: "сервер сервера серверу сервером сервере server servers center centre remote удаленн* address",
  object:
    "details stats shifts смен ops table tables имя имени chunk outbox rec recs rules правил* ваучер* промо* абонемент* штамп* stamp* " +
    "визит* посещени* номенклатур* настроек скидок карточ* profile* профил* учетн* promo* certificate* сертификат* депозит* deposit* " +
    "leads журналов тов накопления обновление зап док тр строк строки таблиц* квитанц* accruals accrual redemption* списани* баллы баллов " +
    "балл points point txn txns transaction* bill bills checks check cheque cheques счет счета ticket tickets справочник* steps файл " +
    "файлы файлов файла файлам подтвержден* doc docs backlog campaign* категор* скидк* discount* дисконт* msg msgs обновлений обновления " +
    "купон* клиент* платеж* оплат* сведени* информаци* порци* акци* updates customer* payment* coupon* voucher* program* payload account " +
    "accounts member* visit* purchase* данные данных данным данными изменени* пакет* транзакц* операц* чек чека чеки чеков документ* " +
    "запис* объект* гост* карт карты карте картам баланс* событи* сообщени* программ программы кошельк* организаци* сущност* дельт* " +
    "бонус* начислени* продаж* заказ* data change changes package* packet* operation* receipts document* record* object* entit* guest* " +
    "card cards balance* event events message* batch* item items wallet* organization* organisation* delta* order orders row rows block* " +
    "sale sales bonus*",
  /** To move the objects. */
  moving:
    "подключиться соединиться connect установить establish запустить начать приеме разобрать прочитать обработать сохранить записать " +
    "разрешить принять подтвердить accept confirm parse read write process save store выполнить провести завершить осуществить perform " +
    "run execute deliver доставить commit отправк* выгрузк* загрузк* передач* прием приема получени* выгрузить загрузить отправить " +
    "передать получить применить upload uploads uploading download downloads downloading push pull transfer fetch send sending receive " +
    "receiving pulling pushing fetching apply",
  /** The objects have moved. */
  moved:
    "загружены got прин отправленн* выгруженн* переданн* полученн* marked помечен+ отмечен+ refreshed перенесен+ залит+ выкачан+ скачал~ " +
    "пришло пришли пришел ушел transmitted emitted начислен+ списан+ пол relayed опубликован+ published отослан+ отгружен+ выгрузил~ " +
    "отослал~ dispatched submitted forwarded отдан+ отдал~ приехал~ received отпр получ ушл+ дошл+ доехал~ flushed posted shipped " +
    "exported отправлен+ передан+ получен+ выгружен+ отправил~ передал~ получил~ принял~ скачан+ доставлен+ sent uploaded downloaded " +
    "pushed pulled transferred fetched delivered recv",
  /** The other side, or the database, has them. */
  confirmed:
    "принятые принятых обработанн* примен акцептован+ квит зачтен+ зачислен+ признан+ validated reconciled совпал~ совпадает matched " +
    "matches match подтверждения отвечено acked квитирован+ записан+ written подтверждение acknowledgement acknowledgment ack учтен+ " +
    "актуализирован+ ingested imported принят+ подтвержден+ подтвердил~ применен+ применил~ сохранен+ загружен+ загрузил~ обновлен+ " +
    "обновил~ зафиксирован+ слит+ accepted acknowledged confirmed applied saved stored merged updated loaded persisted processed " +
    "обработан+ обработал~",
  done:
    "удалась удались удался исполнил~ свершил~ успел~ сделан+ осуществил~ исполнен+ concluded ended wrapped отработан+ резюмирован+ " +
    "completion готово осуществлен+ finalized завершен+ завершил~ закончен+ закончил~ окончен+ выполнен+ выполнил~ прошел прошла прошли " +
    "состоял~ проведен+ произведен+ отработал~ удалось закрыт+ complete completed finished done executed closed committed",
  well:
    "гладко безошибочно благополучно удачный удачная без_ошибок succeded sucess sucessfully succesfully successfuly succesful fully " +
    "успешно успешный успешная успешное успешен успешна успех успехом штатно нормально корректно удачно ок норм success successful " +
    "successfully succeeded ok okay normally fine well cleanly succeed полностью",
  began:
    "начат+ начал~ начин* запуск* запущен+ запустил~ старт старта стартовал~ инициир* инициализ* пробу* открыт+ выполняется выполняем " +
    "приступ* идет подключ* start starts started starting begin begins began begun beginning launch* initiat* try trying attempting " +
    "opened connecting running entering enter kicking retrying repeating",
  failure:
    "broke abnormally aborts отбит+ отброшен+ ош err errs unsucces* прекращен+ прекратил~ отвалил~ вылетел~ unresponsive ошибка ошибки " +
    "ошибку ошибкой ошибке ошибками ошибок сбой сбоем сбоя сбои сбоев сбоями исключение исключения исключением исключений неудач* " +
    "прерван+ прервал~ отклонен+ отклонил~ отказ отказом отказа отказано отказал отказала отказы отказов отвергнут+ отверг отвергла " +
    "отвергло сорван+ сорвал~ провал* упал~ аварийн* авария исчерпан+ откат откачен+ откатываются невозмож* недоступ* неуспе* разорван+ " +
    "разорвал~ разрыв оборван+ оборвал~ обрыв таймаут* тайм сломал~ зависл~ завис остановлен+ застрял~ fail fails failed failing failure " +
    "failures error errors exception exceptions abort aborted aborting reject rejected rejects refuse refused refusal interrupted crash " +
    "crashed unable unreachable impossible incomplete* exhausted timeout timeouts timed denied fault faulted faults cannot unauthorized " +
    "forbidden unavailable dropped broken stalled terminated disconnected deadlocked stuck hung gave threw rolled",
  /** Casts doubt on a success, and may be nothing. */
  doubt:
    "расхожден* отличи* duplicate* дубл* предупрежден* замечани* конфликт* проблем* warning warnings conflict conflicts problem problems " +
    "issue issues",
  /** A failure if the line is a warning. */
  trouble:
    "stopped потер* unexpected неожиданн* canceled cancelled отменен+ отменил~ отмена losses lost loss dead неверн* некорректн* запрещен* " +
    "недействительн* поврежден* нарушен* превышен* истек истекл* просрочен* нельзя заблокирован+ invalid expired locked giving bad reset " +
    "damaged malformed corrupted mismatch",
  not: "не not never ни",
  no: "false нет no without без none zero nothing null отсутству*",
  /** Missing when there is no exchange. */
  link:
    "интернет* авторизац* аутентификац* authoriz* authentic* login связь связи соединени* подключени* ответ ответа доступ доступа " +
    "connection connections response answer reply link access connectivity",
  /** What the other side, or the exchange, fails to do. */
  able:
    "be вернул~ возвратил~ returned returns accessible отвечает ответил~ отвечал~ отвечают виден видно видит смог~ могу удается удал~ " +
    "дождал~ respond responding responded replied reach reachable available answered resolve resolved",
  /** Other programs that exchange, and what is exchanged with them. */
  foreign:
    "касс касса кассы кассу кассой кассе кассами кассам кассовый егаис egais утм честн* меркури* мдлп ntp w32tm накладн* стоп стоплист* " +
    "меню прайс* цен цены цена банк* эквайр* терминал* принтер* фискальн* ккт ккм офд весы весов весами часы часов часами лиценз* картин* " +
    "изображ* фото календар* sms смс почт* ftp отчет* резервн* бэкап* сверк* купюр* валют* курс курса курсы ключ ключа ключи ключей " +
    "ключами плагин* журнал* логи логов логами настро* параметр* интервал* конфигур* кэш* кеш* пользовател* сотрудник* персонал* доставк* " +
    "кухн* склад* остатк* бухгалт* оборудован* камер* прошивк* till tills printer* printing terminal terminals fiscal scale scales bank* " +
    "clock timezone license* licence* menu menus image images picture* stoplist* price* cache cached setting settings interval* options " +
    "parameter* config configuration user users file files folder* mail email smtp report reports backup* kitchen delivery plugin* rate " +
    "rates key keys stock stocks inventory catalog* directory employee* staff 1c 1с telegram firmware logs metric* telemetry crypto* " +
    "currency kds archive*",
  /** The line only tells about exchanges. */
  about:
    "replay* training rehearsal staging preprod пробн* dry mock fake имитац* проверочн* отладочн* sandbox demo демо стенд* прогон* тест " +
    "тесте теста тестов* test tests testing selftest диагност* diagnos* симул* simulat* эмул* учебн* example пример статистик* statistic* " +
    "сводка summary счетчик* counter counters сутки policy threshold политик*",
  /** What an error may only be a part of. */
  matter:
    "лимит* limit limits max maximum handler handlers log codes list handling обработчик* список cleared устранен+",
  /** From here on it is another time or a condition. */
  elsewhere:
    "last previous последн* предыдущ* прошл* await* wait waiting until before перед прежде ожида* ждем жду ждет will if when once unless " +
    "would should must may might can если чтобы когда пока будет будут запланир* since до after после",
  next: "след next следующ*",
  unit:
    "c мегабайт* килобайт* мбит кбит mbit kbit millis milliseconds rps кбс mib kib мсек msec миллисекунд* кбайт мбайт kbyte ms s sec secs " +
    "second seconds min mins minute minutes h hour hours kb mb gb b bytes byte кб мб гб байт* с мс сек секунд* мин минут* ч час часа шт " +
    "ед раз",
  /** Followed by a code. */
  code: "outcome code exit status state result http rc код* статус* состояни* результат*",
  /** Must be followed by something. */
  joins:
    "peer target as by и а но в во на за со по из от при для через the a an our its this and or of in at on with to from for during while " +
    "is are was were",
  /** May be followed by a number. */
  measure:
    "sess shift вход выход попыт* step stage этап этапе шаг шаге длит прод рев верс сессий режим ver dur t tx rx sid epoch batchid " +
    "requestid traceid correlation раунд* итераци* iteration* очередность смену смены смене потрачен+ общее общая средн* total* sum сумма " +
    "вых etag guid uuid watermark checkpoint offset lsn seq sequence смещени* позици* latency rtt avg спустя скорость объем пинг вх исх " +
    "смена cursor порог outgoing incoming входящ* исходящ* нов* new кол продолжительност* затрачен+ итог* норма ревизи* верси* номер " +
    "количеств* размер* длительност* занял~ время добавлен+ удален+ создан+ изменен+ revision* rev version number count всего size cycle " +
    "session job task цикл цикла сеанс сеанса сессия сессии duration took taken elapsed attempt attempts retry retries id crmid added " +
    "deleted created time",
  /** Not sent yet, unless said otherwise. */
  waiting: "отложен+ postponed pending queued offline deferred накопленн* отложенн* офлайн",
  /** The kind of exchange, and how it is done. */
  manner:
    "either обеих картовый картового r_keeper rkeeper принудительная принудительный принудительную ручн* сети сеть сетью internal " +
    "unhandled внутренн* необработанн* consecutive nightly hourly daily weekly background cron timer ночн* ежедневн* ежечасн* дневн* " +
    "утренн* вечерн* почасов* внеочередн* экстренн* фонов* циклическ* стандартн* обычн* штатный штатная полн* инкрементальн* вручную " +
    "автоматическ* начальн* повторн* очередн* планов* расписани* перв* втор* третьей full forced manual auto automatic incremental " +
    "initial whole regular periodic scheduled schedule задач* задани* работа работу jobs tasks has have been it we мы everything now all " +
    "все одн* двусторонн* both side sides обе сторон* two way round trip pos локальн* local базой база базы db database",
  /** Adds nothing to the meaning. */
  plain:
    "подряд raised thrown текущ+ ssl tls established unprocessable gateway down back очереди очередь queue течение within как op svc src " +
    "txt app module component таймер* end конец usual обычно вовремя срок остальн* оба каждый целиком целый целом сам самостоятельно " +
    "сразу тоже также итого комплект* chunked gzip json xml v1 v2 v3 api rest soap grpc websocket торгов* точк* магазин* кафе бар им ими " +
    "ею itself агент* agent daemon итогам сервис* служба службы актуальн* online endpoint url возврата простоя uplink restaurant* site " +
    "branch ресторан* филиал* подразделени* предприяти* заведени* бд да yes true via out advanced request post put get using всех набор " +
    "набора слишком много долго времени баз* него пуст+ хорошо порядке был+ завершение завершения выполнения запрос запроса восстановлен+ " +
    "уже теперь снова had could did does do current moved fire up date receipt https tcp sleeping average restored reason info debug",
} as const satisfies Record<string, string>;

export type Role = keyof typeof LEXICON;

const ENDINGS: Record<string, string[]> = {
  "+": ["", "а", "о", "ы"],
  "~": ["", "а", "о", "и", "ся", "ась", "ось", "ись"],
};
const words = new Map<string, Role>();
const beginnings = new Map<string, Role>();
for (const [role, list] of Object.entries(LEXICON) as [Role, string][])
  for (const [, stem = "", how = ""] of list.matchAll(/([^\s*+~]+)([*+~]?)/gu)) {
    if (how === "*") beginnings.set(stem, role);
    else
      for (const ending of ENDINGS[how] ?? [""])
        if (!words.has(stem + ending)) words.set(stem + ending, role);
  }

const SHORTEST_BEGINNING = 3;
const LONGEST_BEGINNING = 24;

/** @param word in lower case, ё as е. @returns undefined = unknown. */
export function roleOf(word: string): Role | undefined {
  const known = words.get(word);
  if (known) return known;
  for (let length = Math.min(word.length, LONGEST_BEGINNING); length >= SHORTEST_BEGINNING; length -= 1) {
    const role = beginnings.get(word.slice(0, length));
    if (role) return role;
  }
  return undefined;
}
