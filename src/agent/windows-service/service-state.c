#include "service-state.h"
#include "folder-access.h"
#include "system-library.h"
#include <sddl.h>

#define CONFIG_BYTES 8192
#define VERSION_LIBRARY L"version.dll"
#define PROFILES L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
/** A service calls it so, but no account has that name. */
#define LOCAL_SYSTEM L"LocalSystem"
#define OF_THIS_MACHINE L".\\"

typedef struct {
  DWORD state, process_id;
  /** ms UTC; 0 = it is not known. */
  uint64_t started_at;
  wchar_t account[ACCOUNT_LENGTH];
  /** The command line that it is started with. */
  wchar_t command[2 * PATH_LENGTH];
} ServiceFacts;

static void find_start(ServiceFacts *facts) {
  FILETIME created, other;
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, facts->process_id);
  if (!process) return;
  if (GetProcessTimes(process, &created, &other, &other, &other)) facts->started_at = unix_milliseconds(created);
  CloseHandle(process);
}

static void copy_if_fits(wchar_t *to, size_t length, const wchar_t *from) {
  if (from && wcslen(from) < length) wcscpy(to, from);
}

static void find_configuration(SC_HANDLE service, ServiceFacts *facts) {
  BYTE bytes[CONFIG_BYTES];
  DWORD needed = 0;
  QUERY_SERVICE_CONFIGW *config = (QUERY_SERVICE_CONFIGW *)bytes;
  if (!QueryServiceConfigW(service, config, sizeof bytes, &needed)) return;
  copy_if_fits(facts->account, ACCOUNT_LENGTH, config->lpServiceStartName);
  copy_if_fits(facts->command, 2 * PATH_LENGTH, config->lpBinaryPathName);
}

static DWORD find_facts(const wchar_t *name, ServiceFacts *facts) {
  SERVICE_STATUS_PROCESS status;
  DWORD needed = 0, error = NO_ERROR;
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
  if (!manager) return GetLastError();
  SC_HANDLE service = OpenServiceW(manager, name, SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG);
  if (!service) error = GetLastError();
  else if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &needed))
    error = GetLastError();
  else {
    facts->state = status.dwCurrentState;
    facts->process_id = status.dwProcessId;
    if (facts->process_id) find_start(facts);
    find_configuration(service, facts);
  }
  if (service) CloseServiceHandle(service);
  CloseServiceHandle(manager);
  return error == ERROR_SERVICE_DOES_NOT_EXIST ? NO_ERROR : error;
}

/** Finds the first that is installed. Returns its name, or that of the first of all. */
static DWORD find_first(int count, wchar_t **names, ServiceFacts *facts, const wchar_t **name) {
  *name = names[0];
  for (int tried = 0; tried < count; tried++) {
    DWORD error = find_facts(names[tried], facts);
    if (error != NO_ERROR) return error;
    if (facts->state == 0) continue;
    *name = names[tried];
    break;
  }
  return NO_ERROR;
}

static void print_text(const wchar_t *field, const wchar_t *text) {
  wchar_t escaped[2 * PATH_LENGTH];
  wchar_t *to = escaped;
  for (const wchar_t *from = text; *from && to < escaped + 2 * PATH_LENGTH - 2; from++) {
    if (*from < L' ') continue;
    if (*from == L'\\' || *from == L'"') *to++ = L'\\';
    *to++ = *from;
  }
  *to = 0;
  if (text[0]) print(L",\"%ls\":\"%ls\"", field, escaped);
  else print(L",\"%ls\":null", field);
}

static void print_number(const wchar_t *field, uint64_t number) {
  if (number) print(L",\"%ls\":%llu", field, (unsigned long long)number);
  else print(L",\"%ls\":null", field);
}

static bool find_sid(const wchar_t *account, PSID sid) {
  wchar_t machine[MAX_COMPUTERNAME_LENGTH + 1], name[PATH_LENGTH], domain[ACCOUNT_LENGTH];
  DWORD size = SECURITY_MAX_SID_SIZE, machine_length = MAX_COMPUTERNAME_LENGTH + 1, domain_length = ACCOUNT_LENGTH;
  SID_NAME_USE use;
  if (_wcsicmp(account, LOCAL_SYSTEM) == 0) return CreateWellKnownSid(WinLocalSystemSid, NULL, sid, &size);
  bool is_local = wcsncmp(account, OF_THIS_MACHINE, wcslen(OF_THIS_MACHINE)) == 0;
  if (is_local && !GetComputerNameW(machine, &machine_length)) return false;
  bool does_fit = is_local ? format_path(name, L"%ls%ls", machine, account + 1) : format_path(name, L"%ls", account);
  return does_fit && LookupAccountNameW(NULL, name, sid, &size, domain, &domain_length, &use);
}

/** Finds the folder of an account as a service names it (`NT SERVICE\name`, `.\user`); empty = it has none yet, or nobody knows it. */
static void find_account_profile(const wchar_t *account, wchar_t *folder) {
  BYTE sid[SECURITY_MAX_SID_SIZE];
  wchar_t key[PATH_LENGTH], *digits = NULL;
  DWORD bytes = PATH_LENGTH * sizeof *folder;
  folder[0] = 0;
  if (!find_sid(account, sid) || !ConvertSidToStringSidW(sid, &digits)) return;
  // What the registry has with names of variables comes with their values.
  bool is_known = format_path(key, PROFILES L"\\%ls", digits) &&
                  RegGetValueW(HKEY_LOCAL_MACHINE, key, L"ProfileImagePath", RRF_RT_REG_SZ, NULL, folder, &bytes) == NO_ERROR;
  if (!is_known) folder[0] = 0;
  LocalFree(digits);
}

DWORD print_service_state(int count, wchar_t **names) {
  ServiceFacts facts = {0};
  wchar_t profile[PATH_LENGTH];
  const wchar_t *name;
  DWORD error = find_first(count, names, &facts, &name);
  if (error != NO_ERROR) return error;
  find_account_profile(facts.account, profile);
  print(L"{\"state\":%lu", facts.state);
  print_text(L"name", name);
  print_number(L"processId", facts.process_id);
  print_number(L"startedAt", facts.started_at);
  print_text(L"account", facts.account);
  print_text(L"profile", profile);
  print(L"}\n");
  return NO_ERROR;
}

/** Cuts a command line after its program, which may be in quotation marks or have spaces without them. */
static const wchar_t *program_of(wchar_t *command) {
  wchar_t *begin = command[0] == L'"' ? command + 1 : command;
  wchar_t *end = command[0] == L'"' ? wcschr(begin, L'"') : NULL;
  for (wchar_t *at = begin; command[0] != L'"' && !end && *at; at++)
    if (_wcsnicmp(at, L".exe", 4) == 0 && (at[4] == L' ' || at[4] == 0)) end = at + 4;
  if (end) *end = 0;
  return begin;
}

/** Reads it in the first language that the program has. */
static DWORD read_version(const wchar_t *program, void *block, DWORD size, const wchar_t **version) {
  struct {
    WORD language, code_page;
  } *translation;
  wchar_t path[64];
  UINT length = 0;
  __typeof__(&GetFileVersionInfoW) read = SYSTEM_FUNCTION(VERSION_LIBRARY, GetFileVersionInfoW);
  __typeof__(&VerQueryValueW) query = SYSTEM_FUNCTION(VERSION_LIBRARY, VerQueryValueW);
  if (!read || !query || !read(program, 0, size, block) ||
      !query(block, L"\\VarFileInfo\\Translation", (void **)&translation, &length) || length == 0)
    return ERROR_RESOURCE_DATA_NOT_FOUND;
  swprintf(path, 64, L"\\StringFileInfo\\%04x%04x\\ProductVersion", translation->language, translation->code_page);
  return query(block, path, (void **)version, &length) ? NO_ERROR : ERROR_RESOURCE_NAME_NOT_FOUND;
}

DWORD print_service_version(int count, wchar_t **names) {
  ServiceFacts facts = {0};
  wchar_t command[2 * PATH_LENGTH];
  const wchar_t *name, *version;
  DWORD ignored, error = find_first(count, names, &facts, &name);
  if (error != NO_ERROR) return error;
  if (facts.state == 0) return ERROR_SERVICE_DOES_NOT_EXIST;
  DWORD length = ExpandEnvironmentStringsW(facts.command, command, 2 * PATH_LENGTH);
  if (length == 0 || length > 2 * PATH_LENGTH) return ERROR_FILENAME_EXCED_RANGE;
  const wchar_t *program = program_of(command);
  __typeof__(&GetFileVersionInfoSizeW) find_size = SYSTEM_FUNCTION(VERSION_LIBRARY, GetFileVersionInfoSizeW);
  DWORD size = find_size ? find_size(program, &ignored) : 0;
  if (size == 0) return GetLastError();
  void *block = HeapAlloc(GetProcessHeap(), 0, size);
  if (!block) return ERROR_NOT_ENOUGH_MEMORY;
  error = read_version(program, block, size, &version);
  if (error == NO_ERROR) print(L"%ls\n", version);
  HeapFree(GetProcessHeap(), 0, block);
  return error;
}
