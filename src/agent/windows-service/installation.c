#include "installation.h"
#include "admission.h"
#include "agent-process.h"
#include "files.h"
#include "folder-access.h"
#include "product.h"
#include "program-removal.h"
#include "service-entry.h"
#include "texts.h"
#include "versions.h"

/** As the package has them; the agent itself comes last, into its place under `versions`. */
static const wchar_t *const PROGRAM_FILES[] = {L"poswatch-agent.exe", L"node.exe", L"LICENSES.txt", L"version.txt"};
#define PROGRAM_FILES_COUNT (sizeof PROGRAM_FILES / sizeof *PROGRAM_FILES)
/** What the host notes of an agent that did not stay, or never began. */
static const char *const ENDS[] = {" ended with ", "cannot be started", "names no version"};
#define ENDS_COUNT (sizeof ENDS / sizeof *ENDS)
/** That of the agent's own rules. */
#define FIREWALL_RULE L"Poswatch agent"
#define READY "\"msg\":\"agent is ready\""
#define HOST_NOTES "\"name\":\"host\",\"msg\":\""
#define READY_WITHIN_MS 60000
#define FIREWALL_WITHIN_MS 30000
#define LOOK_EVERY_MS 500
/** Everything has a default. */
#define CONFIGURATION L"{}"

static bool is_complete(const wchar_t *package) {
  wchar_t file[PATH_LENGTH];
  for (size_t number = 0; number < PROGRAM_FILES_COUNT; number++) {
    if (format_path(file, L"%ls\\%ls", package, PROGRAM_FILES[number]) && is_file(file)) continue;
    print(TEXT_INCOMPLETE, package, PROGRAM_FILES[number]);
    return false;
  }
  return true;
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
  print_to_events(false);
  SetStdHandle(STD_OUTPUT_HANDLE, output);
  SetStdHandle(STD_ERROR_HANDLE, output);
}

/** A later package stays, but for what it lacks. */
static DWORD copy_program(const Places *places, const wchar_t *package) {
  wchar_t from[PATH_LENGTH], to[PATH_LENGTH];
  bool is_older = is_older_package(package, places->program);
  DWORD error = make_folder(places->program);
  for (size_t number = 0; error == NO_ERROR && number < PROGRAM_FILES_COUNT; number++) {
    bool do_fit = format_path(from, L"%ls\\%ls", package, PROGRAM_FILES[number]) &&
                  format_path(to, L"%ls\\%ls", places->program, PROGRAM_FILES[number]);
    if (!do_fit) error = ERROR_FILENAME_EXCED_RANGE;
    else if (!is_older || !is_file(to)) error = replace_file(from, to);
  }
  return error == NO_ERROR ? take_packaged_version(package, places->program) : error;
}

static bool configure(const Places *places) {
  wchar_t file[PATH_LENGTH];
  DWORD error = NO_ERROR;
  if (!format_path(file, L"%ls\\agent.json", places->data)) error = ERROR_FILENAME_EXCED_RANGE;
  else if (!is_file(file)) error = write_line(file, CONFIGURATION);
  if (error != NO_ERROR) print(TEXT_NO_CONFIGURATION, places->data, describe_error(error));
  return error == NO_ERROR;
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
  const wchar_t *arguments[] = {L"enroll", L"--code", code};
  return !code || run(places, 3, arguments);
}

/** Takes the rule away, which needs neither the agent nor its configuration; where there is none nothing happens. */
static void clear_firewall(void) {
  wchar_t system[PATH_LENGTH], program[PATH_LENGTH];
  wchar_t command[] = L"netsh.exe advfirewall firewall delete rule name=\"" FIREWALL_RULE L"\"";
  STARTUPINFOW streams = {.cb = sizeof streams};
  PROCESS_INFORMATION started;
  if (!GetSystemDirectoryW(system, PATH_LENGTH) || !format_path(program, L"%ls\\netsh.exe", system)) return;
  if (!CreateProcessW(program, command, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, system, &streams, &started)) return;
  WaitForSingleObject(started.hProcess, FIREWALL_WITHIN_MS);
  CloseHandle(started.hThread);
  CloseHandle(started.hProcess);
}

/** Opens it for an agent that listens; what fails the agent says itself. */
static bool open_firewall(const Places *places) {
  const wchar_t *arguments[] = {L"firewall"};
  clear_firewall();
  return run(places, 1, arguments);
}

static bool put_in_place(const Places *places, const wchar_t *package) {
  DWORD error = stop_service();
  if (error != NO_ERROR) {
    print(TEXT_NOT_STOPPED, describe_error(error));
    return false;
  }
  error = copy_program(places, package);
  if (error == ERROR_INSTALL_SOURCE_ABSENT) print(TEXT_NO_AGENT_IN_PACKAGE, package);
  else if (error != NO_ERROR) print(TEXT_NOT_COPIED, places->program, describe_error(error));
  return error == NO_ERROR;
}

/** The log as it was before the agent began; it is read on under whatever name it gets. */
typedef struct {
  HANDLE file;
  LARGE_INTEGER end;
} LogBefore;

static HANDLE open_log_to_read(const Places *places) {
  wchar_t file[PATH_LENGTH];
  if (!format_path(file, L"%ls\\agent.log", places->data)) return INVALID_HANDLE_VALUE;
  return CreateFileW(file, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
}

static LogBefore keep_log(const Places *places) {
  LogBefore before = {.file = open_log_to_read(places)};
  if (before.file != INVALID_HANDLE_VALUE) GetFileSizeEx(before.file, &before.end);
  return before;
}

static bool are_same(HANDLE one, HANDLE other) {
  BY_HANDLE_FILE_INFORMATION own, others;
  return GetFileInformationByHandle(one, &own) && GetFileInformationByHandle(other, &others) &&
         own.nFileIndexLow == others.nFileIndexLow && own.nFileIndexHigh == others.nFileIndexHigh;
}

typedef enum { NOTHING_YET, WORKS, HAS_ENDED } Beginning;

static bool tells_of_an_end(const char *text) {
  for (const char *note = strstr(text, HOST_NOTES); note; note = strstr(note + 1, HOST_NOTES)) {
    const char *end = strchr(note, '\n');
    for (size_t number = 0; end && number < ENDS_COUNT; number++) {
      const char *found = strstr(note, ENDS[number]);
      if (found && found < end) return true;
    }
  }
  return false;
}

/** What a log says after this place of an agent that was started. */
static Beginning read_beginning(HANDLE log, LARGE_INTEGER after) {
  static char text[65536];
  DWORD count = 0;
  bool is_read = log != INVALID_HANDLE_VALUE && SetFilePointerEx(log, after, NULL, FILE_BEGIN) &&
                 ReadFile(log, text, sizeof text - 1, &count, NULL);
  text[is_read ? count : 0] = 0;
  if (strstr(text, READY)) return WORKS;
  return tells_of_an_end(text) ? HAS_ENDED : NOTHING_YET;
}

/** The same of a log that may have been rotated meanwhile. */
static Beginning look_at_beginning(const Places *places, LogBefore before) {
  const LARGE_INTEGER start = {0};
  Beginning beginning = read_beginning(before.file, before.end);
  HANDLE log = open_log_to_read(places);
  if (log == INVALID_HANDLE_VALUE) return beginning;
  bool is_new = before.file == INVALID_HANDLE_VALUE || !are_same(log, before.file);
  Beginning of_new = is_new ? read_beginning(log, start) : NOTHING_YET;
  CloseHandle(log);
  return of_new == NOTHING_YET ? beginning : of_new;
}

static bool start(const Places *places) {
  LogBefore before = keep_log(places);
  Beginning beginning = NOTHING_YET;
  DWORD error = enter_service(places, true);
  for (int waited = 0; error == NO_ERROR && beginning == NOTHING_YET && waited < READY_WITHIN_MS; waited += LOOK_EVERY_MS) {
    Sleep(LOOK_EVERY_MS);
    beginning = look_at_beginning(places, before);
  }
  if (before.file != INVALID_HANDLE_VALUE) CloseHandle(before.file);
  if (error != NO_ERROR) print(TEXT_NOT_ENTERED, describe_error(error));
  else if (beginning != WORKS) print(TEXT_NOT_READY, places->data);
  return beginning == WORKS;
}

bool install(const Places *places, const wchar_t *package, const wchar_t *code, bool is_silent) {
  print_to_events(is_silent);
  if (!is_allowed() || !is_complete(package) || !protect_data(places)) return false;
  if (is_silent) print_to_file(places);
  warn_of_others(places);
  if (!put_in_place(places, package) || !configure(places) || !enroll(places, code)) {
    if (start_service() == NO_ERROR) print(TEXT_GOES_ON);
    else print(TEXT_NOT_STARTED, places->data);
    return false;
  }
  bool is_open = open_firewall(places);
  if (!start(places)) return false;
  print(TEXT_INSTALLED, places->program, places->data, places->program);
  return is_open;
}

static void tell_quarantine(const Places *places) {
  const wchar_t *quarantine[] = {L"quarantine", L"list"};
  if (!has_agent(places->program) || !run(places, 2, quarantine)) print(TEXT_QUARANTINE_UNKNOWN);
}

bool uninstall(const Places *places) {
  if (!is_allowed()) return false;
  DWORD error = remove_service();
  if (error != NO_ERROR) {
    print(TEXT_NOT_REMOVED, product->service, describe_error(error));
    return false;
  }
  clear_firewall();
  if (!is_folder(places->program)) {
    print(TEXT_UNINSTALLED_WHERE_NONE);
    return true;
  }
  tell_quarantine(places);
  error = remove_program(places->program);
  if (error != NO_ERROR) print(TEXT_FILES_LEFT, places->program, describe_error(error));
  else print(TEXT_UNINSTALLED, places->data);
  return error == NO_ERROR;
}
