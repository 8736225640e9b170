#include "installation.h"
#include "agent-process.h"
#include "files.h"
#include "folder-access.h"
#include "service-entry.h"
#include "texts.h"
#include "versions.h"

/** As the package has them; the agent itself comes last, into its place under `versions`. */
static const wchar_t *const PROGRAM_FILES[] = {L"poswatch-agent.exe", L"node.exe", L"LICENSES.txt", L"version.txt"};
#define PROGRAM_FILES_COUNT (sizeof PROGRAM_FILES / sizeof *PROGRAM_FILES)
/** Everything has a default. */
#define CONFIGURATION L"{}"
#define OLDEST_WINDOWS 10

/** The version that is told to programs without a manifest may be an older one. */
static bool is_new_enough(void) {
  typedef LONG(WINAPI * GetVersion)(OSVERSIONINFOW *);
  OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
  GetVersion get_version = (GetVersion)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
  return get_version && get_version(&version) == 0 && version.dwMajorVersion >= OLDEST_WINDOWS;
}

static bool is_allowed(void) {
  if (!is_new_enough()) print(TEXT_OLD_WINDOWS);
  else if (!is_administrator()) print(TEXT_NOT_ADMINISTRATOR);
  else return true;
  return false;
}

static bool is_complete(const wchar_t *package) {
  wchar_t file[PATH_LENGTH];
  for (size_t number = 0; number < PROGRAM_FILES_COUNT; number++) {
    if (format_path(file, L"%ls\\%ls", package, PROGRAM_FILES[number]) && is_file(file)) continue;
    print(TEXT_INCOMPLETE, package, PROGRAM_FILES[number]);
    return false;
  }
  return true;
}

static bool protect(const Places *places) {
  wchar_t path[PATH_LENGTH], account[ACCOUNT_LENGTH];
  if (find_foreign_file(places->data, path, account)) {
    if (account[0]) print(TEXT_FOREIGN, path, account);
    else print(TEXT_LINK, path);
    return false;
  }
  DWORD error = protect_folder(places->data);
  if (error != NO_ERROR) print(TEXT_NOT_PROTECTED, places->data, describe_error(error));
  return error == NO_ERROR;
}

static void warn_of_others(const Places *places) {
  wchar_t accounts[ACCOUNTS_LENGTH];
  if (find_other_accounts(places->data, accounts) == NO_ERROR && accounts[0]) print(TEXT_SHARED, places->data, accounts);
}

/** From now on everything is told there, by the agent's commands too. */
static void print_to_file(const Places *places) {
  wchar_t file[PATH_LENGTH];
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  if (!format_path(file, L"%ls\\install.log", places->data)) return;
  HANDLE output = CreateFileW(file, GENERIC_WRITE, FILE_SHARE_READ, &inherited, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  if (output == INVALID_HANDLE_VALUE) return;
  SetStdHandle(STD_OUTPUT_HANDLE, output);
  SetStdHandle(STD_ERROR_HANDLE, output);
}

static DWORD copy_program(const Places *places, const wchar_t *package) {
  wchar_t from[PATH_LENGTH], to[PATH_LENGTH];
  DWORD error = make_folder(places->program);
  for (size_t number = 0; error == NO_ERROR && number < PROGRAM_FILES_COUNT; number++) {
    bool do_fit = format_path(from, L"%ls\\%ls", package, PROGRAM_FILES[number]) &&
                  format_path(to, L"%ls\\%ls", places->program, PROGRAM_FILES[number]);
    error = do_fit ? replace_file(from, to) : ERROR_FILENAME_EXCED_RANGE;
  }
  return error == NO_ERROR ? take_packaged_version(package, places->program) : error;
}

static bool configure(const Places *places) {
  wchar_t file[PATH_LENGTH];
  bool is_done = format_path(file, L"%ls\\agent.json", places->data) && (is_file(file) || write_line(file, CONFIGURATION));
  if (!is_done) print(TEXT_NO_CONFIGURATION, places->data);
  return is_done;
}

/** Runs a command of the agent. Returns whether it ended well; what went wrong it has said itself. */
static bool run(const Places *places, int count, const wchar_t **arguments) {
  DWORD exit_code = 1;
  DWORD error = run_agent_command(places, count, arguments, &exit_code);
  if (error != NO_ERROR) print(TEXT_NOT_RUN, places->program, describe_error(error));
  return error == NO_ERROR && exit_code == 0;
}

/** The service itself goes on asking where the monitor does not answer yet. */
static bool enroll(const Places *places, const wchar_t *code) {
  const wchar_t *arguments[] = {L"enroll", L"--no-wait", L"--code", code};
  return !code || run(places, 4, arguments);
}

static bool set_firewall(const Places *places, const wchar_t *how) {
  const wchar_t *arguments[] = {L"firewall", how};
  return run(places, 2, arguments);
}

static bool put_in_place(const Places *places, const wchar_t *package) {
  DWORD error = stop_service();
  if (error != NO_ERROR) {
    print(TEXT_NOT_STOPPED, describe_error(error));
    return false;
  }
  error = copy_program(places, package);
  if (error != NO_ERROR) print(TEXT_NOT_COPIED, places->program, describe_error(error));
  return error == NO_ERROR;
}

static bool start(const Places *places) {
  DWORD error = enter_service(places);
  if (error != NO_ERROR) print(TEXT_NOT_ENTERED, describe_error(error));
  return error == NO_ERROR;
}

bool install(const Places *places, const wchar_t *package, const wchar_t *code, bool is_silent) {
  if (!is_allowed() || !is_complete(package) || !protect(places)) return false;
  if (is_silent) print_to_file(places);
  warn_of_others(places);
  if (!put_in_place(places, package) || !configure(places) || !enroll(places, code)) {
    if (start_service() == NO_ERROR) print(TEXT_GOES_ON);
    else print(TEXT_NOT_STARTED, places->data);
    return false;
  }
  bool is_reached = set_firewall(places, L"set");
  if (!start(places)) return false;
  if (!is_reached) print(TEXT_NO_FIREWALL_RULE);
  print(TEXT_INSTALLED, places->program, places->data, places->program);
  return is_reached;
}

/** This very program cannot be deleted while it runs: it is put aside, and goes when Windows starts next. */
static void put_aside(const wchar_t *program) {
  wchar_t own[PATH_LENGTH], folder[PATH_LENGTH], aside[PATH_LENGTH];
  bool is_inside = find_own_folder(folder) && _wcsicmp(folder, program) == 0;
  if (!is_inside || !format_path(own, L"%ls\\poswatch-agent.exe", program) ||
      !format_path(aside, L"%ls.%llu.removed", program, (unsigned long long)GetTickCount64()))
    return;
  if (MoveFileExW(own, aside, 0)) MoveFileExW(aside, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
}

bool uninstall(const Places *places) {
  wchar_t version[VERSION_LENGTH];
  const wchar_t *quarantine[] = {L"quarantine", L"list"};
  if (!is_allowed()) return false;
  DWORD error = remove_service();
  if (error != NO_ERROR) {
    print(TEXT_NOT_REMOVED, describe_error(error));
    return false;
  }
  if (!current_version(places->program, version)) {
    print(TEXT_UNINSTALLED_WHERE_NONE);
    return true;
  }
  set_firewall(places, L"clear");
  run(places, 2, quarantine);
  put_aside(places->program);
  error = remove_folder(places->program);
  if (error != NO_ERROR) print(TEXT_FILES_LEFT, places->program, describe_error(error));
  else print(TEXT_UNINSTALLED, places->data);
  return error == NO_ERROR;
}
