import type { EnrolmentRefusal } from "../../protocol/enrolment.ts";
import type { DialOutFailure } from "../dial-out/dial-out-error.ts";
import { reasonInWords } from "./reason-texts.ts";

const CHECK_NETWORK =
  "Проверьте, есть ли на этом компьютере интернет и работает ли Poswatch по этому адресу. Если выход в интернет только через прокси, укажите его в настройках агента (dialOut.proxy).";

const NEW_CODE = "Возьмите новый код в Poswatch («Агенты»)";

/** Why the monitor is not reached and what to do, for the person at the POS server. */
export const dialOutTexts = {
  notReached: (monitor: string, reason: string) => `Подключиться к ${monitor} не удалось. ${reason}`,
  failure: {
    not_reached: (detail: string) => `Соединения нет: ${reasonInWords(detail)}. ${CHECK_NETWORK}`,
    proxy_failed: (detail: string) =>
      `Прокси не пропускает: ${reasonInWords(detail)}. Проверьте его адрес, логин и пароль (dialOut.proxy, переменная среды HTTPS_PROXY или настройки Windows).`,
    proxy_unusable: (name: string) =>
      `${name === "HTTPS_PROXY" ? "В переменной среды HTTPS_PROXY" : "В настройках прокси Windows"} адрес HTTP-прокси указан неверно. Исправьте его или укажите прокси в настройках агента (dialOut.proxy).`,
    other_key: (pin: string) =>
      `У сервера другой ключ (${pin}). Либо соединение подменяют, например прокси, который вскрывает HTTPS, либо ключ Poswatch сменили. Спросите администратора Poswatch и возьмите новый код подключения.`,
    not_vouched_for: (detail: string) =>
      `Сертификату сервера этот компьютер не доверяет: ${reasonInWords(detail)}. Либо соединение подменяют, либо нужен код подключения с ключом Poswatch (или dialOut.pins в настройках агента).`,
    unknown_here: (detail: string) =>
      `Poswatch не знает этот POS-сервер или его токен (${detail}). Введите новый код подключения (команда enroll).`,
    other_machine: () =>
      "С этим идентификатором на связи другой компьютер. Если POS-сервер теперь на этом, возьмите код на странице POS-сервера («Подключить заново») и введите его здесь (команда enroll).",
    refused: (detail: string) =>
      `Сервер отвечает ошибкой (${detail}), возможно, Poswatch перезапускают. Если это не пройдёт за несколько минут, обратитесь к его администратору.`,
    not_understood: (detail: string) =>
      `Это не ответ Poswatch (${detail}). Узнайте у администратора Poswatch, верен ли адрес и не старее ли Poswatch агента.`,
    no_answer: () => `Сервер не ответил вовремя. ${CHECK_NETWORK}`,
  } satisfies Record<DialOutFailure, (detail: string) => string>,
} as const;

/** For the person at the POS server. */
export const enrolmentTexts = {
  noCode:
    "Это не код подключения: возможно, он скопирован не целиком. Скопируйте его в Poswatch ещё раз и вставьте в кавычках.",
  noIdentity: (file: string, reason: string) =>
    `Не удалось прочитать или создать файл ${file} (${reason}). Выполните команду под той учётной записью, под которой работает агент, или от имени администратора.`,
  damagedIdentity: (file: string) =>
    `Файл ${file} повреждён. Восстановите его из копии или удалите (тогда для Poswatch это будет новый POS-сервер) и повторите команду.`,
  awaited: (host: string) =>
    `Заявка отправлена, имя компьютера в ней: ${host}. Её должен подтвердить администратор Poswatch («Агенты»). После этого агент подключится сам.`,
  agentTries: "Агент будет пробовать сам, пока не получится.",
  stays: (monitor: string) =>
    `Этот код не действует, но агент уже подключён к ${monitor}: всё осталось как было.`,
  interrupted: "Команда прервана раньше, чем Poswatch ответил. Повторите её с тем же кодом.",
  done: (organization: string, posServer: string) =>
    `Poswatch принял этот POS-сервер.\n  Организация: ${organization}\n  Название: ${posServer}`,
  notKept: (directory: string, reason: string) =>
    `Poswatch принял этот POS-сервер, но записать это в папку ${directory} не удалось (${reason}). Разрешите запись в неё и повторите команду с тем же кодом.`,
  notLeft: (directory: string, reason: string) =>
    `Агент ещё не подключён, а записать код в папку ${directory}, чтобы он спрашивал сам, не удалось (${reason}). Разрешите запись в неё и повторите команду.`,
  serviceConnects: "Служба PoswatchAgent подключится сама за несколько секунд.",
  start: (command: string) => `Если агент ещё не запущен, запустите его:\n  ${command}`,
  otherMonitor: (configured: string, monitor: string) =>
    `ВНИМАНИЕ: агент будет подключаться не к ${monitor}, а к ${configured}: этот адрес указан в его настройках (dialOut.monitor). Чтобы он подключался туда, где создан код, уберите dialOut.monitor, повторите команду с тем же кодом и перезапустите агента.`,

  refusal: {
    unknown_code: () => `Poswatch не знает такого кода: проверьте, что он скопирован целиком. ${NEW_CODE}.`,
    ended_code: () => `Срок кода истёк, или код отозвали. ${NEW_CODE}.`,
    used_code: () => `Код уже использован столько раз, сколько разрешено. ${NEW_CODE}.`,
    refused: () =>
      "Администратор Poswatch отклонил заявку этого компьютера. Узнайте у него причину и попросите новый код.",
    identity_taken: ({ identityFile }) =>
      `В Poswatch уже есть POS-сервер с таким же идентификатором, но с другим токеном. Так бывает, если папку состояния агента скопировали с другого компьютера. Остановите агента, удалите файл ${identityFile} и повторите команду с тем же кодом.`,
    too_many: () => "С этого адреса слишком часто вводили неверный код, поэтому Poswatch пока не отвечает.",
    tls_required: () =>
      "Poswatch считает это соединение незащищённым и код не принял. На этом компьютере это не исправить: попросите администратора Poswatch проверить, что прокси перед Poswatch сообщает ему об HTTPS (TRUST_PROXY и X-Forwarded-Proto).",
    invalid_order: ({ detail }) =>
      `Poswatch не принял сведения об этом компьютере (${detail}). Обновите агента и Poswatch до одной версии и повторите команду с тем же кодом.`,
  } satisfies Record<EnrolmentRefusal, (facts: { detail: string; identityFile: string }) => string>,
} as const;
