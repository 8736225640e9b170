import { errorText } from "../../protocol/error-text.ts";

/** Codes of network, certificate and file errors in Node's messages. */
const CODES: Record<string, string> = {
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

const FILE_CODES: Record<string, string> = {
  ENOENT: "такого файла или папки нет",
  ENOTDIR: "это не папка",
  EISDIR: "это папка, а не файл",
  EACCES: "нет прав",
  EPERM: "нет прав, или файл занят другой программой",
  EBUSY: "файл занят другой программой",
  EROFS: "диск доступен только для чтения",
  ENOSPC: "на диске нет места",
};

/** Errors of the agent itself, which are English in its reports. */
const SENTENCES: [RegExp, string][] = [
  [
    /^only an installed agent can ask Windows.*/,
    "об этом знает только установленный агент, или нужны команды (service.commands)",
  ],
  [/^(service\.commands\.\w+) is not configured$/, "не настроено $1"],
  [/^there is no (.+)$/, "нет файла $1"],
  [/^(.+) does not contain what its pattern looks for$/, "в $1 нет того, что описывает pattern"],
  [
    /^the value has (\d+) characters instead of 1 to (\d+)$/,
    "в значении $1 знаков, а должно быть от 1 до $2",
  ],
  [/^more than (\d+) files in (.+); older ones are ignored$/, "в $2 больше $1 файлов, старые не учтены"],
  [/^(.+): the file was cut while it was read$/, "$1 стал короче, пока его читали"],
  [/^EXDEV: (.+) is on another disk than (.+)$/, "$1 и $2 на разных дисках"],
  [/^(?:.+: )?spawn (.+?):? ENOENT$/, "программы $1 нет"],
  [/^(.+): did not finish within (\d+) ms$/, "$1 не завершилась за $2 мс"],
  [/^(.+) ended with exit code (-?\d+)/, "$1: код завершения $2"],
];

/** Why something failed, in Russian as far as it is known. Keeps codes for whoever helps by telephone. */
export function reasonInWords(error: unknown): string {
  const text = errorText(error);
  const [sentence, words] = SENTENCES.find(([pattern]) => pattern.test(text)) ?? [];
  if (sentence && words) return text.replace(sentence, words);
  const [, code = "", path] = /(?:^|: )(E[A-Z]+)(?:: [^']*(?:'([^']+)'.*)?)?$/s.exec(text) ?? [];
  const known = FILE_CODES[code];
  if (known) return path === undefined ? `${known} (${code})` : `${known}: ${path} (${code})`;
  const name = Object.keys(CODES).find((word) => text.split(/[ :,]/).includes(word) || text === word);
  return name ? `${CODES[name]} (${text})` : text;
}
