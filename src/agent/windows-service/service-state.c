#include "service-state.h"
#include <stdint.h>

#define UNIX_EPOCH 116444736000000000ULL
#define CONFIG_BYTES 8192

typedef struct {
  DWORD state, process_id;
  /** ms UTC; 0 = it is not known. */
  uint64_t started_at;
  wchar_t account[256], executable[PATH_LENGTH], version[64];
} ServiceFacts;

static void find_process(ServiceFacts *facts) {
  FILETIME created, other;
  DWORD length = PATH_LENGTH;
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, facts->process_id);
  if (!process) return;
  if (GetProcessTimes(process, &created, &other, &other, &other)) {
    uint64_t steps = ((uint64_t)created.dwHighDateTime << 32) + created.dwLowDateTime;
    if (steps > UNIX_EPOCH) facts->started_at = (steps - UNIX_EPOCH) / 10000;
  }
  if (!QueryFullProcessImageNameW(process, 0, facts->executable, &length)) facts->executable[0] = 0;
  CloseHandle(process);
}

/** The program of a command line, with or without quotation marks. */
static void find_executable(const wchar_t *command, wchar_t *executable) {
  const wchar_t *begin = command[0] == L'"' ? command + 1 : command;
  const wchar_t *end = command[0] == L'"' ? wcschr(begin, L'"') : wcsstr(begin, L".exe ");
  size_t length = end == NULL ? wcslen(begin) : (size_t)(end - begin) + (command[0] == L'"' ? 0 : 4);
  if (length >= PATH_LENGTH) return;
  wcsncpy(executable, begin, length);
  executable[length] = 0;
}

static void find_configuration(SC_HANDLE service, ServiceFacts *facts) {
  BYTE bytes[CONFIG_BYTES];
  DWORD needed = 0;
  QUERY_SERVICE_CONFIGW *config = (QUERY_SERVICE_CONFIGW *)bytes;
  if (!QueryServiceConfigW(service, config, sizeof bytes, &needed)) return;
  if (config->lpServiceStartName && wcslen(config->lpServiceStartName) < 256)
    wcscpy(facts->account, config->lpServiceStartName);
  if (facts->executable[0] == 0 && config->lpBinaryPathName)
    find_executable(config->lpBinaryPathName, facts->executable);
}

static void find_version(ServiceFacts *facts) {
  DWORD ignored, size = facts->executable[0] ? GetFileVersionInfoSizeW(facts->executable, &ignored) : 0;
  VS_FIXEDFILEINFO *info;
  UINT length;
  void *block = size ? HeapAlloc(GetProcessHeap(), 0, size) : NULL;
  if (!block) return;
  if (GetFileVersionInfoW(facts->executable, 0, size, block) && VerQueryValueW(block, L"\\", (void **)&info, &length))
    swprintf(facts->version, 64, L"%u.%u.%u.%u", HIWORD(info->dwFileVersionMS), LOWORD(info->dwFileVersionMS),
             HIWORD(info->dwFileVersionLS), LOWORD(info->dwFileVersionLS));
  HeapFree(GetProcessHeap(), 0, block);
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
    if (facts->process_id) find_process(facts);
    find_configuration(service, facts);
    find_version(facts);
  }
  if (service) CloseServiceHandle(service);
  CloseServiceHandle(manager);
  return error == ERROR_SERVICE_DOES_NOT_EXIST ? NO_ERROR : error;
}

/** Paths and accounts have neither quotation marks nor control characters. */
static void print_text(const wchar_t *field, const wchar_t *text) {
  wchar_t escaped[2 * PATH_LENGTH];
  wchar_t *to = escaped;
  for (const wchar_t *from = text; *from && to < escaped + 2 * PATH_LENGTH - 2; from++) {
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

DWORD print_service_state(int count, wchar_t **names) {
  ServiceFacts facts = {0};
  int chosen = 0;
  for (int tried = 0; tried < count && facts.state == 0; tried++) {
    DWORD error = find_facts(names[tried], &facts);
    if (error != NO_ERROR) return error;
    if (facts.state != 0) chosen = tried;
  }
  print(L"{\"state\":%lu", facts.state);
  print_text(L"name", names[chosen]);
  print_number(L"processId", facts.process_id);
  print_number(L"startedAt", facts.started_at);
  print_text(L"account", facts.account);
  print_text(L"executable", facts.executable);
  print_text(L"version", facts.version);
  print(L"}\n");
  return NO_ERROR;
}
