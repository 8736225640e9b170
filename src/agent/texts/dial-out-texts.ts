import type { DialOutFailure } from "../dial-out/dial-out-error.ts";

/** Codes of network and certificate errors in Node's messages. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: "в соединении отказано",
  ECONNRESET: "соединение оборвалось",
  EHOSTUNREACH: "к нему нет пути по сети",
  ENETUNREACH: "к нему нет пути по сети",
  ETIMEDOUT: "ответа нет",
  ENOTFOUND: "имя сервера не найдено",
  EAI_AGAIN: "сервер имён (DNS) не отвечает",
  DEPTH_ZERO_SELF_SIGNED_CERT: "сертификат самоподписанный",
  SELF_SIGNED_CERT_IN_CHAIN: "издатель сертификата неизвестен",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "издатель сертификата неизвестен",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "издатель сертификата неизвестен",
  CERT_HAS_EXPIRED: "срок сертификата истёк, или часы этого компьютера спешат",
  CERT_NOT_YET_VALID: "срок сертификата ещё не начался, или часы этого компьютера отстают",
  ERR_TLS_CERT_ALTNAME_INVALID: "сертификат выдан на другое имя",
  "HTTP 407": "логин или пароль не подходят",
};

const CHECK_NETWORK =
  "Проверьте, есть ли на этом компьютере интернет и работает ли Poswatch по этому адресу. Если выход в интернет только через прокси, укажите его в настройках агента (dialOut.proxy).";

/** Why the monitor is not reached and what to do, for the person at the POS server. */
export const dialOutTexts = {
  notReached: (monitor: string, reason: string) => `Подключиться к ${monitor} не удалось. ${reason}`,
  failure: {
    not_reached: (detail: string) => `Соединения нет: ${inWords(detail)}. ${CHECK_NETWORK}`,
    proxy_failed: (detail: string) =>
      `Прокси не пропускает: ${inWords(detail)}. Проверьте его адрес, логин и пароль (dialOut.proxy, переменная среды HTTPS_PROXY или настройки Windows).`,
    proxy_unusable: (name: string) =>
      `${name === "HTTPS_PROXY" ? "В переменной среды HTTPS_PROXY" : "В настройках прокси Windows"} адрес HTTP-прокси указан неверно. Исправьте его или укажите прокси в настройках агента (dialOut.proxy).`,
    other_key: (pin: string) =>
      `У сервера другой ключ (${pin}). Либо соединение подменяют, например прокси, который вскрывает HTTPS, либо ключ Poswatch сменили. Спросите администратора Poswatch и возьмите новый код подключения.`,
    not_vouched_for: (detail: string) =>
      `Сертификату сервера этот компьютер не доверяет: ${inWords(detail)}. Либо соединение подменяют, либо нужен код подключения с ключом Poswatch (или dialOut.pins в настройках агента).`,
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

/** Keeps Node's message for whoever helps by telephone. */
function inWords(detail: string): string {
  const name = Object.keys(REASONS).find(
    (known) => detail.split(/[ :,]/).includes(known) || detail === known,
  );
  return name ? `${REASONS[name]} (${detail})` : detail;
}
