#include "service-entry.h"
#include "product.h"
#include "service.h"

/** After so long without a failure the next one counts as the first, s. */
#define FORGET_FAILURES_AFTER 86400
/** The host waits for the agent, and then for what that has printed. */
#define STOPPED_WITHIN_MS (2 * AGENT_STOPS_WITHIN_MS)
#define UNLOCKED_WITHIN_MS 60000
/** One that was removed stays while a window of «Службы» has it. */
#define REMOVED_WITHIN_MS 10000
#define LOOK_EVERY_MS 200

static DWORD configure(SC_HANDLE service) {
  SC_ACTION restarts[] = {{SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 30000}, {SC_ACTION_RESTART, 60000}};
  SERVICE_FAILURE_ACTIONSW failures = {.dwResetPeriod = FORGET_FAILURES_AFTER, .cActions = 3, .lpsaActions = restarts};
  SERVICE_DELAYED_AUTO_START_INFO delayed = {.fDelayedAutostart = TRUE};
  SERVICE_PRESHUTDOWN_INFO shutdown = {.dwPreshutdownTimeout = STOPPED_WITHIN_MS};
  SERVICE_DESCRIPTIONW description = {.lpDescription = (wchar_t *)product->description};
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
  DWORD error = NO_ERROR;
  for (int waited = 0; waited < REMOVED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    *service = CreateServiceW(manager, product->service, product->title, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                              SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command, NULL, NULL, NULL, NULL, NULL);
    if (*service) return NO_ERROR;
    error = GetLastError();
    if (error != ERROR_SERVICE_MARKED_FOR_DELETE) break;
    Sleep(LOOK_EVERY_MS);
  }
  if (error != ERROR_SERVICE_EXISTS) return error;
  *service = OpenServiceW(manager, product->service, SERVICE_ALL_ACCESS);
  if (!*service) return GetLastError();
  bool is_changed = ChangeServiceConfigW(*service, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                                         command, NULL, NULL, NULL, NULL, NULL, product->title);
  return is_changed ? NO_ERROR : GetLastError();
}

/** Does something with its entry. Returns an error of Windows, 0 = none; there is one where there is no entry. */
static DWORD with_entry(DWORD rights, DWORD (*work)(SC_HANDLE)) {
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
  SC_HANDLE service = manager ? OpenServiceW(manager, product->service, rights) : NULL;
  DWORD error = service ? work(service) : GetLastError();
  if (service) CloseServiceHandle(service);
  if (manager) CloseServiceHandle(manager);
  return error;
}

DWORD stop_service(void) {
  DWORD error = with_entry(SERVICE_STOP | SERVICE_QUERY_STATUS, stop);
  return error == ERROR_SERVICE_DOES_NOT_EXIST ? NO_ERROR : error;
}

DWORD start_service(void) {
  DWORD error = with_entry(SERVICE_START | SERVICE_QUERY_STATUS, start);
  return error == ERROR_SERVICE_ALREADY_RUNNING ? NO_ERROR : error;
}

DWORD enter_service(const Places *places, bool is_restarted) {
  wchar_t command[2 * PATH_LENGTH];
  SC_HANDLE service = NULL;
  swprintf(command, 2 * PATH_LENGTH, L"\"%ls\\%ls\" service", places->program, product->host);
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
  if (!manager) return GetLastError();
  DWORD error = enter(manager, command, &service);
  if (error == NO_ERROR) error = configure(service);
  if (error == NO_ERROR && is_restarted) error = stop(service);
  if (error == NO_ERROR) error = start(service);
  if (error == ERROR_SERVICE_ALREADY_RUNNING) error = NO_ERROR;
  if (service) CloseServiceHandle(service);
  CloseServiceHandle(manager);
  return error;
}

static DWORD stop_and_remove(SC_HANDLE service) {
  DWORD error = stop(service);
  return error == NO_ERROR && !DeleteService(service) ? GetLastError() : error;
}

DWORD remove_service(void) {
  DWORD error = with_entry(SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE, stop_and_remove);
  return error == ERROR_SERVICE_DOES_NOT_EXIST ? NO_ERROR : error;
}
