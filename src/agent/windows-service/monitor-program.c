#include "monitor-program.h"
#include "admission.h"
#include "files.h"
#include "product.h"
#include "program-removal.h"
#include "service-entry.h"
#include "service.h"
#include "texts.h"
#include <stdio.h>

#define NAME L"\\poswatch.exe"
/** As the launcher for Linux has them. */
#define FLAGS L"--max-semi-space-size=4 --heap-growing-percent=30"

bool is_monitor(void) {
  wchar_t own[PATH_LENGTH];
  DWORD length = GetModuleFileNameW(NULL, own, PATH_LENGTH);
  size_t name = wcslen(NAME);
  return length > name && length < PATH_LENGTH && _wcsicmp(own + length - name, NAME) == 0;
}

static bool has_version(const Places *places, const wchar_t *version) {
  wchar_t app[PATH_LENGTH];
  return version[0] && format_path(app, L"%ls\\versions\\%ls\\app", places->program, version) && is_folder(app);
}

bool find_wanted_monitor(const Places *places, wchar_t *version) {
  read_version(places->program, L"version", version);
  return has_version(places, version);
}

bool find_monitor_version(const Places *places, wchar_t *version) {
  read_version(places->data, L"version", version);
  return has_version(places, version) || find_wanted_monitor(places, version);
}

/** A version that lies in `folder`, with no command yet; it knows where the installed one and its data are. */
static bool find_monitor(NodeProgram *monitor, const Places *places, const wchar_t *folder) {
  static wchar_t command[COMMAND_LENGTH];
  SetEnvironmentVariableW(L"POSWATCH_PROGRAMS", places->program);
  SetEnvironmentVariableW(L"POSWATCH_DATA", places->data);
  *monitor = (NodeProgram){folder, command, NULL};
  return swprintf(command, COMMAND_LENGTH, L"\"%ls\\node.exe\" " FLAGS L" \"%ls\\app\\code\\commands.main.js\"", folder, folder) > 0;
}

/** The version that is installed, which has its data in one place unless told otherwise. */
static bool find_installed(NodeProgram *monitor, const Places *places, const wchar_t *version) {
  static wchar_t folder[PATH_LENGTH];
  wchar_t given[2];
  if (GetEnvironmentVariableW(L"DATA_DIR", given, 2) == 0) SetEnvironmentVariableW(L"DATA_DIR", places->data);
  return format_path(folder, L"%ls\\versions\\%ls", places->program, version) && find_monitor(monitor, places, folder);
}

bool find_monitor_service(NodeProgram *monitor, const Places *places, const wchar_t *version) {
  SetEnvironmentVariableW(L"POSWATCH_HOST", L"1");
  if (!find_installed(monitor, places, version)) return false;
  // A current folder of its own, since what runs in one holds it.
  monitor->runs_in = places->data;
  return append_argument(monitor->command, L"serve");
}

/** Runs a command of the monitor. Returns its exit code. */
static int run(const Places *places, const wchar_t *own, int count, wchar_t **arguments) {
  wchar_t app[PATH_LENGTH], version[VERSION_LENGTH];
  NodeProgram monitor;
  DWORD exit_code = 1;
  bool is_unpacked = format_path(app, L"%ls\\app", own) && is_folder(app);
  bool is_found = is_unpacked ? find_monitor(&monitor, places, own)
                              : find_monitor_version(places, version) && find_installed(&monitor, places, version);
  for (int number = 0; number < count; number++) is_found = is_found && append_argument(monitor.command, arguments[number]);
  DWORD error = is_found ? run_node(&monitor, &exit_code) : ERROR_FILE_NOT_FOUND;
  if (error != NO_ERROR) print(TEXT_NOT_RUN, own, describe_error(error));
  return (int)exit_code;
}

static bool enter(const Places *places) {
  DWORD error = enter_service(places, false);
  if (error != NO_ERROR) print(TEXT_MONITOR_NOT_ENTERED, describe_error(error));
  return error == NO_ERROR;
}

static bool uninstall_monitor(const Places *places) {
  if (!is_allowed()) return false;
  DWORD error = remove_service();
  if (error != NO_ERROR) print(TEXT_MONITOR_NOT_REMOVED, describe_error(error));
  else if (is_folder(places->program) && (error = remove_program(places->program)) != NO_ERROR)
    print(TEXT_MONITOR_FILES_LEFT, places->program, describe_error(error));
  else print(TEXT_MONITOR_REMOVED, places->data);
  return error == NO_ERROR;
}

int run_monitor(int count, wchar_t **arguments) {
  static Places places;
  wchar_t own[PATH_LENGTH];
  const wchar_t *command = count > 0 ? arguments[0] : L"";
  become_monitor();
  if (!find_places(&places) || !find_own_folder(own)) {
    print(TEXT_NO_PLACES);
    return 1;
  }
  if (count != 1) return run(&places, own, count, arguments);
  if (wcscmp(command, L"uninstall") == 0) return !uninstall_monitor(&places);
  if (wcscmp(command, L"service") == 0) return (int)run_service(&places);
  if (wcscmp(command, L"protect-data") == 0) return !(is_allowed() && protect_data(&places));
  if (wcscmp(command, L"enter-service") == 0) return !enter(&places);
  return run(&places, own, count, arguments);
}
