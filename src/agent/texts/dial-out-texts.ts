/** Why the monitor is not reached and what to do, for the person at the POS server. */
export const dialOutTexts = {
  notReached: (monitor: string, reason: string) => `${monitor} недоступен: ${reason}`,
  failure: {
    not_reached: (detail: string) =>
      `нет соединения (${detail}). Проверьте адрес, интернет и прокси (dialOut)`,
    proxy_failed: (detail: string) => `прокси не пропускает (${detail}). Проверьте его адрес, логин и пароль`,
    proxy_unusable: (name: string) =>
      `в переменной среды ${name} указан не адрес HTTP-прокси. Исправьте её или укажите прокси в настройках агента (dialOut.proxy)`,
    other_key: (pin: string) =>
      `у него другой ключ (${pin}). Либо соединение подменяют, либо ключ сменили: возьмите новый код подключения`,
    not_vouched_for: (reason: string) =>
      `его сертификату этот компьютер не доверяет (${reason}). Либо соединение подменяют, либо нужен код подключения с ключом (или dialOut.pins)`,
    unknown_here: (detail: string) =>
      `он не знает этот POS-сервер или его токен (${detail}). Введите новый код подключения (команда enroll)`,
    refused: (detail: string) => `он отказал (${detail}). Повторите позже`,
    not_understood: (detail: string) =>
      `ответ непонятен (${detail}). Проверьте, что по этому адресу Poswatch и что он не старее агента`,
    no_answer: (limit: string) => `нет ответа (${limit}). Проверьте адрес, интернет и прокси (dialOut)`,
  },
} as const;
