/* What a person at the POS server reads of the host; all else of the agent says its own. */
#pragma once

#define TEXT_SERVICE_NAME L"Агент Poswatch"
#define TEXT_SERVICE_DESCRIPTION L"Сообщает Poswatch, обменивается ли POS-сервер этого ресторана данными с главным сервером."

#define TEXT_MONITOR_NAME L"Poswatch"
#define TEXT_MONITOR_DESCRIPTION L"Показывает, обмениваются ли POS-серверы ресторанов данными с главным сервером, и чинит их на расстоянии."

// Commands of the monitor speak English.
#define TEXT_MONITOR_NOT_ENTERED L"The service Poswatch could not be started: %ls. Close “Services” if it is open, and repeat the command.\n"
#define TEXT_MONITOR_REMOVED \
  L"Poswatch is removed. %ls is left, with the database, its key and backups: an installation goes on with them. If nobody needs them, " \
  L"delete that folder.\n"
#define TEXT_MONITOR_NOT_REMOVED L"The service Poswatch could not be removed: %ls. Close “Services” if it is open, and repeat the command.\n"
#define TEXT_MONITOR_FILES_LEFT \
  L"The service is removed, but the folder %ls could not be: %ls. Close the programs that hold its files, and repeat the command.\n"

#define TEXT_USAGE \
  L"poswatch-agent.exe install --code КОД [--silent]   установить агента, подключить его к Poswatch и запустить\n" \
  L"poswatch-agent.exe install [--silent]              исправить установку или обновить её из этого пакета\n" \
  L"poswatch-agent.exe uninstall                       удалить агента; базы в карантине остаются\n" \
  L"poswatch-agent.exe check                           проверить, что агент находит на этом компьютере\n" \
  L"poswatch-agent.exe enroll --code КОД               подключить установленного агента к другому Poswatch\n" \
  L"poswatch-agent.exe pairing                         напечатать строку сопряжения, если Poswatch подключается к агенту сам\n" \
  L"poswatch-agent.exe quarantine list                 показать базы, которые лежат в карантине после сброса\n" \
  L"poswatch-agent.exe quarantine restore ВРЕМЯ        вернуть одну из них на место нынешней базы\n" \
  L"\n" \
  L"--silent ничего не показывает, а пишет в install.log в папке данных агента.\n"

#define TEXT_OLD_WINDOWS \
  L"Poswatch работает в Windows 10, Windows Server 2016 и новее, а здесь более старая Windows. Обновите её и повторите команду.\n"
#define TEXT_NOT_ADMINISTRATOR \
  L"Нужны права администратора. Откройте PowerShell или командную строку пунктом «Запуск от имени администратора» и повторите " \
  L"команду.\n"
#define TEXT_NO_PLACES L"Windows не сообщает, где лежат программы и их данные. Перезагрузите компьютер и повторите команду.\n"
#define TEXT_INCOMPLETE L"В папке %ls нет файла %ls. Распакуйте пакет целиком и повторите команду.\n"
#define TEXT_LINK L"%ls: это ссылка, и неизвестно, кому доступно то, куда она ведёт. Удалите её и повторите команду.\n"
#define TEXT_FOREIGN \
  L"%ls: это создала или может изменить учётная запись %ls, поэтому доверять содержимому нельзя. Если оно не нужно, удалите его. Если " \
  L"нужно, проверьте и передайте администраторам (takeown /a, icacls /reset). Потом повторите команду.\n"
#define TEXT_UNREADABLE L"%ls: не удалось посмотреть, кому это принадлежит: %ls. Удалите это или откройте администраторам и повторите команду.\n"
#define TEXT_NOT_PROTECTED \
  L"Не удалось создать папку %ls или закрыть её от других пользователей: %ls. Устраните причину и повторите команду.\n"
#define TEXT_SHARED L"ВНИМАНИЕ: папку %ls, где лежат ключи агента, кроме администраторов могут читать: %ls. Закройте им доступ к ней.\n"
#define TEXT_NOT_STOPPED \
  L"Не удалось остановить службу PoswatchAgent: %ls. Остановите её в «Службах» и повторите команду.\n"
#define TEXT_NOT_COPIED \
  L"Не удалось записать файлы агента в %ls: %ls. Их может держать антивирус или открытая программа, или на диске нет места. " \
  L"Устраните причину и повторите команду.\n"
#define TEXT_NO_CONFIGURATION L"Не удалось записать %ls\\agent.json: %ls. Устраните причину и повторите команду.\n"
#define TEXT_NOT_RUN L"Не удалось запустить %ls\\node.exe: %ls. Его мог заблокировать антивирус. Разрешите его и повторите команду.\n"
#define TEXT_NOT_STARTED \
  L"\nСлужба агента не запущена. Когда устраните причину, повторите команду. Настройки агента: %ls\\agent.json\n"
#define TEXT_GOES_ON L"\nАгент, который уже установлен, снова запущен.\n"
#define TEXT_NO_AGENT_IN_PACKAGE \
  L"Файлов агента в %ls больше нет. Скачайте пакет, распакуйте его и выполните install оттуда.\n"
#define TEXT_NOT_READY \
  L"Служба PoswatchAgent запущена, но агент не заработал. Причина в журнале %ls\\agent.log: устраните её, служба попробует " \
  L"снова сама.\n"
#define TEXT_NOT_ENTERED \
  L"Не удалось запустить службу PoswatchAgent: %ls. Закройте «Службы», если они открыты, и повторите команду.\n"
#define TEXT_INSTALLED \
  L"\nАгент установлен, его служба PoswatchAgent работает и запускается вместе с Windows.\n" \
  L"  Программа: %ls\n" \
  L"  Настройки и журнал: %ls\n" \
  L"Проверить в PowerShell, что он находит: & \"%ls\\poswatch-agent.exe\" check\n"

#define TEXT_NOT_INSTALLED L"Агент здесь не установлен. Сначала выполните: poswatch-agent.exe install --code КОД\n"
#define TEXT_NOT_REMOVED L"Не удалось удалить службу %ls: %ls. Закройте «Службы», если они открыты, и повторите команду.\n"
#define TEXT_FILES_LEFT \
  L"Служба удалена, но папку %ls удалить не удалось: %ls. Закройте программы, которые держат её файлы, и повторите команду.\n"
#define TEXT_UNINSTALLED \
  L"Агент удалён. Остались базы в карантине и папка %ls: в ней ключи, настройки и журнал. Если установить агента снова, для Poswatch " \
  L"это будет тот же POS-сервер. Если он больше не нужен, удалите эту папку и карантин вручную.\n"
#define TEXT_QUARANTINE_UNKNOWN L"Где карантин, узнать не удалось: ищите папку quarantine рядом с базой POS-сервера.\n"
#define TEXT_UNINSTALLED_WHERE_NONE L"Агента здесь нет, удалять нечего.\n"
