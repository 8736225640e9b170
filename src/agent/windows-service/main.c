/*
 * poswatch-agent.exe: what of the agent has to be native. It installs the agent, Windows starts it as the service, a person gives it
 * the agent's commands, and the agent asks it what Windows knows. It ends with 0, with 1 and a sentence, with 2 when the
 * command line is wrong, or as the command of the agent does. Called poswatch.exe it starts the monitor instead.
 */
#include "agent-process.h"
#include "folder-access.h"
#include "installation.h"
#include "monitor-program.h"
#include "service-state.h"
#include "service.h"
#include "system-proxy.h"
#include "texts.h"
#include "versions.h"

#define EXIT_FAILED 1
#define EXIT_USAGE 2

/** The arguments after the command. */
typedef struct {
  int count;
  wchar_t **words;
} Arguments;

static int tell(DWORD error) {
  if (error == NO_ERROR) return 0;
  print(L"%ls\n", describe_error(error));
  return EXIT_FAILED;
}

static int refuse(void) {
  print(TEXT_USAGE);
  return EXIT_USAGE;
}

static int run_install(const Places *places, Arguments arguments) {
  wchar_t package[PATH_LENGTH];
  const wchar_t *code = NULL;
  bool is_silent = false;
  for (int number = 0; number < arguments.count; number++) {
    bool has_value = number + 1 < arguments.count;
    if (wcscmp(arguments.words[number], L"--silent") == 0) is_silent = true;
    else if (wcscmp(arguments.words[number], L"--code") == 0 && has_value) code = arguments.words[++number];
    else return refuse();
  }
  if (!find_own_folder(package)) return tell(ERROR_FILENAME_EXCED_RANGE);
  return install(places, package, code, is_silent) ? 0 : EXIT_FAILED;
}

static int run_command(const Places *places, const wchar_t *command, Arguments arguments) {
  wchar_t version[VERSION_LENGTH];
  const wchar_t *words[8];
  DWORD exit_code = EXIT_FAILED;
  if (arguments.count >= 8) return refuse();
  if (!is_administrator()) {
    print(TEXT_NOT_ADMINISTRATOR);
    return EXIT_FAILED;
  }
  if (!current_version(places->program, version)) {
    print(TEXT_NOT_INSTALLED);
    return EXIT_FAILED;
  }
  words[0] = wcscmp(command, L"check") == 0 ? L"--check" : command;
  for (int number = 0; number < arguments.count; number++) words[number + 1] = arguments.words[number];
  DWORD error = run_agent_command(places, arguments.count + 1, words, &exit_code);
  if (error != NO_ERROR) print(TEXT_NOT_RUN, places->program, describe_error(error));
  return (int)exit_code;
}

static int print_folder_access(const wchar_t *folder) {
  wchar_t accounts[ACCOUNTS_LENGTH];
  DWORD error = find_other_accounts(folder, accounts);
  if (error == NO_ERROR && accounts[0]) print(L"%ls\n", accounts);
  return tell(error);
}

/** With the daylight saving that Windows knows of, which need not be what others know. */
static int print_utc_offset(void) {
  DYNAMIC_TIME_ZONE_INFORMATION zone;
  DWORD season = GetDynamicTimeZoneInformation(&zone);
  if (season == TIME_ZONE_ID_INVALID) return tell(GetLastError());
  LONG ahead = season == TIME_ZONE_ID_DAYLIGHT ? zone.DaylightBias : season == TIME_ZONE_ID_STANDARD ? zone.StandardBias : 0;
  print(L"%ld\n", -(zone.Bias + ahead));
  return 0;
}

int wmain(int count, wchar_t **words) {
  static Places places;
  const wchar_t *command = count > 1 ? words[1] : L"";
  Arguments arguments = {count > 2 ? count - 2 : 0, words + 2};
  bool is_bare = arguments.count == 0;
  if (is_monitor()) return run_monitor(count - 1, words + 1);
  if (!find_places(&places)) {
    print(TEXT_NO_PLACES);
    return EXIT_FAILED;
  }
  if (wcscmp(command, L"install") == 0) return run_install(&places, arguments);
  if (wcscmp(command, L"uninstall") == 0 && is_bare) return uninstall(&places) ? 0 : EXIT_FAILED;
  if (wcscmp(command, L"check") == 0 && is_bare) return run_command(&places, command, arguments);
  if (wcscmp(command, L"enroll") == 0 || wcscmp(command, L"quarantine") == 0 || wcscmp(command, L"pairing") == 0)
    return run_command(&places, command, arguments);
  if (wcscmp(command, L"service") == 0 && is_bare) return tell(run_service(&places));
  if (wcscmp(command, L"service-state") == 0 && !is_bare) return tell(print_service_state(arguments.count, arguments.words));
  if (wcscmp(command, L"service-version") == 0 && !is_bare)
    return tell(print_service_version(arguments.count, arguments.words));
  if (wcscmp(command, L"proxy-for") == 0 && arguments.count == 1) return tell(print_system_proxy(arguments.words[0]));
  if (wcscmp(command, L"utc-offset") == 0 && is_bare) return print_utc_offset();
  if (wcscmp(command, L"folder-access") == 0 && arguments.count == 1) return print_folder_access(arguments.words[0]);
  return refuse();
}
