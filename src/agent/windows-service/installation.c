#include "installation.h"
#include "service.h"
#include "versions.h"

#define DISPLAY_NAME L"Poswatch agent"
#define DESCRIPTION L"Tells Poswatch how the POS server of this restaurant exchanges data."
/** After so long without a failure the next one counts as the first, s. */
#define FORGET_FAILURES_AFTER 86400
/** The host waits for the agent, and then for what that has printed. */
#define STOPPED_WITHIN_MS (2 * AGENT_STOPS_WITHIN_MS)
#define UNLOCKED_WITHIN_MS 60000
#define LOOK_EVERY_MS 200
/** `C:\`, which is no place for the files of one program. */
#define ROOT_LENGTH 3

/** The folder in full, without a backslash at its end, which would take the quotation mark after it along. */
static DWORD find_folder(const wchar_t *given, wchar_t *folder) {
  DWORD length = GetFullPathNameW(given, PATH_LENGTH, folder, NULL);
  if (length == 0 || length >= PATH_LENGTH) return ERROR_FILENAME_EXCED_RANGE;
  if (length <= ROOT_LENGTH) return ERROR_BAD_PATHNAME;
  if (folder[length - 1] == L'\\') folder[length - 1] = 0;
  DWORD attributes = GetFileAttributesW(folder);
  bool is_folder = attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
  return is_folder ? NO_ERROR : ERROR_PATH_NOT_FOUND;
}

static DWORD configure(SC_HANDLE service) {
  SC_ACTION restarts[] = {{SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 30000}, {SC_ACTION_RESTART, 60000}};
  SERVICE_FAILURE_ACTIONSW failures = {.dwResetPeriod = FORGET_FAILURES_AFTER, .cActions = 3, .lpsaActions = restarts};
  SERVICE_DELAYED_AUTO_START_INFO delayed = {.fDelayedAutostart = TRUE};
  SERVICE_PRESHUTDOWN_INFO shutdown = {.dwPreshutdownTimeout = STOPPED_WITHIN_MS};
  SERVICE_DESCRIPTIONW description = {.lpDescription = (wchar_t *)DESCRIPTION};
  bool is_done = ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failures) &&
                 ChangeServiceConfig2W(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed) &&
                 ChangeServiceConfig2W(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &shutdown) &&
                 ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &description);
  return is_done ? NO_ERROR : GetLastError();
}

/** A service that is only just starting takes no order: it is told until it has stopped. */
static DWORD stop(SC_HANDLE service) {
  SERVICE_STATUS status;
  for (int waited = 0; waited < STOPPED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    if (!QueryServiceStatus(service, &status)) return GetLastError();
    if (status.dwCurrentState == SERVICE_STOPPED) return NO_ERROR;
    if (status.dwCurrentState != SERVICE_STOP_PENDING) ControlService(service, SERVICE_CONTROL_STOP, &status);
    Sleep(LOOK_EVERY_MS);
  }
  return ERROR_SERVICE_REQUEST_TIMEOUT;
}

/** While Windows starts, it lets no service be started out of its order. */
static DWORD start(SC_HANDLE service) {
  DWORD error = NO_ERROR;
  for (int waited = 0; waited < UNLOCKED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    error = StartServiceW(service, 0, NULL) ? NO_ERROR : GetLastError();
    if (error != ERROR_SERVICE_DATABASE_LOCKED) break;
    Sleep(LOOK_EVERY_MS);
  }
  return error;
}

/** Has the entry name this command, whatever it named before. Returns an error of Windows, 0 = none. */
static DWORD enter(SC_HANDLE manager, const wchar_t *command, SC_HANDLE *service) {
  *service = CreateServiceW(manager, SERVICE_NAME, DISPLAY_NAME, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                            SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command, NULL, NULL, NULL, NULL, NULL);
  if (*service) return NO_ERROR;
  if (GetLastError() != ERROR_SERVICE_EXISTS) return GetLastError();
  *service = OpenServiceW(manager, SERVICE_NAME, SERVICE_ALL_ACCESS);
  if (!*service) return GetLastError();
  bool is_changed = ChangeServiceConfigW(*service, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                                         command, NULL, NULL, NULL, NULL, NULL, DISPLAY_NAME);
  return is_changed ? NO_ERROR : GetLastError();
}

DWORD install_service(const wchar_t *program, const wchar_t *given_data) {
  wchar_t data[PATH_LENGTH], command[3 * PATH_LENGTH];
  SC_HANDLE manager = NULL, service = NULL;
  DWORD error = find_folder(given_data, data);
  if (error == NO_ERROR) error = take_packaged_version(program);
  if (error != NO_ERROR) return error;
  swprintf(command, 3 * PATH_LENGTH, L"\"%ls\\poswatch-agent.exe\" service --data \"%ls\"", program, data);
  manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
  if (!manager) return GetLastError();
  error = enter(manager, command, &service);
  if (error == NO_ERROR) error = configure(service);
  if (error == NO_ERROR) error = stop(service);
  if (error == NO_ERROR) error = start(service);
  if (service) CloseServiceHandle(service);
  CloseServiceHandle(manager);
  return error;
}

DWORD remove_service(void) {
  DWORD error = NO_ERROR;
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
  if (!manager) return GetLastError();
  SC_HANDLE service = OpenServiceW(manager, SERVICE_NAME, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE);
  if (!service) error = GetLastError();
  else {
    error = stop(service);
    if (error == NO_ERROR && !DeleteService(service)) error = GetLastError();
    CloseServiceHandle(service);
  }
  CloseServiceHandle(manager);
  return error == ERROR_SERVICE_DOES_NOT_EXIST ? NO_ERROR : error;
}
