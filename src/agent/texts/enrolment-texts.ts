import type { EnrolmentRefusal } from "../../protocol/enrolment.ts";

const NEW_CODE = "Возьмите новый код в Poswatch («Подключение агентов»)";

interface RefusalFacts {
  /** How long to wait; null = the monitor does not say. */
  minutes: number | null;
  /** What the monitor says of it, in English. */
  detail: string;
}

/** Everything the command `enroll` prints, for the person at the POS server. */
export const enrolmentTexts = {
  noCode: "Это не код подключения. Скопируйте его из Poswatch целиком и вставьте в кавычках.",
  awaited: (host: string) =>
    `Заявка этого компьютера (${host}) отправлена. Её должен подтвердить администратор Poswatch, жду. Прервать: Ctrl-C.`,
  stillTrying: "Продолжаю попытки.",
  interrupted:
    "Ожидание прервано. Заявка осталась в Poswatch: чтобы узнать ответ, повторите команду с тем же кодом.",
  done: (organization: string, posServer: string) =>
    `Подключено: организация «${organization}», POS-сервер «${posServer}»`,
  notKept: (directory: string, reason: string) =>
    `Poswatch принял этот POS-сервер, но записать это в папку ${directory} не удалось (${reason}). Дайте право записи в неё и повторите команду с тем же кодом.`,
  start:
    "Запущенный агент подключится сам в течение нескольких секунд. Если он не запущен, запустите: npm run agent -- --config ФАЙЛ",
  otherMonitor: (configured: string, monitor: string) =>
    `ВНИМАНИЕ: код от ${monitor}, но в настройках указан dialOut.monitor ${configured}: агент будет подключаться туда. Если это не тот же Poswatch, уберите dialOut.monitor.`,

  refusal: {
    unknown_code: () => `Poswatch не знает такого кода: проверьте, что он скопирован целиком. ${NEW_CODE}.`,
    ended_code: () => `Срок кода истёк, или код отозвали. ${NEW_CODE}.`,
    used_code: () => `Код уже использован столько раз, сколько разрешено. ${NEW_CODE}.`,
    refused: () =>
      "Администратор Poswatch отклонил этот POS-сервер. Узнайте у него причину и попросите новый код.",
    identity_taken: () =>
      "В Poswatch уже есть POS-сервер с таким же id, но другим токеном: возможно, папку состояния скопировали с другого компьютера. Остановите агента, удалите из неё identity.json и повторите команду.",
    too_many: ({ minutes }) =>
      `С этого адреса слишком часто вводили неверный код. Повторите команду ${minutes === null ? "позже" : `через ${minutes} мин`}.`,
    tls_required: () =>
      "Poswatch считает это соединение незащищённым и код не принял. На этом компьютере это не исправить: попросите администратора Poswatch проверить, что прокси перед Poswatch сообщает ему об HTTPS (TRUST_PROXY и X-Forwarded-Proto).",
    invalid_order: ({ detail }) =>
      `Poswatch не принял сведения об этом компьютере (${detail}). Обновите агента и Poswatch до одной версии и повторите команду с тем же кодом.`,
  } satisfies Record<EnrolmentRefusal, (facts: RefusalFacts) => string>,
} as const;
