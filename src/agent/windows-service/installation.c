#include "installation.h"
#include "service.h"

#define DISPLAY_NAME L"Poswatch agent"
#define DESCRIPTION L"Tells Poswatch how the POS server of this restaurant exchanges data."
/** After so long without a failure the next one counts as the first, s. */
#define FORGET_FAILURES_AFTER 86400
#define STOPPED_WITHIN_MS 40000
#define UNLOCKED_WITHIN_MS 60000
#define LOOK_EVERY_MS 200

static void configure(SC_HANDLE service) {
  SC_ACTION restarts[] = {{SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 30000}, {SC_ACTION_RESTART, 60000}};
  SERVICE_FAILURE_ACTIONSW failures = {.dwResetPeriod = FORGET_FAILURES_AFTER, .cActions = 3, .lpsaActions = restarts};
  SERVICE_DELAYED_AUTO_START_INFO delayed = {.fDelayedAutostart = TRUE};
  SERVICE_DESCRIPTIONW description = {.lpDescription = (wchar_t *)DESCRIPTION};
  ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failures);
  ChangeServiceConfig2W(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed);
  ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &description);
}

/** Returns NULL with the error of Windows set. */
static SC_HANDLE enter(SC_HANDLE manager, const wchar_t *command) {
  SC_HANDLE service = CreateServiceW(manager, SERVICE_NAME, DISPLAY_NAME, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                                     SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command, NULL, NULL, NULL, NULL, NULL);
  if (service || GetLastError() != ERROR_SERVICE_EXISTS) return service;
  service = OpenServiceW(manager, SERVICE_NAME, SERVICE_ALL_ACCESS);
  if (service)
    ChangeServiceConfigW(service, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command, NULL,
                         NULL, NULL, NULL, NULL, DISPLAY_NAME);
  return service;
}

/** While Windows starts, it lets no service be started out of its order. */
static DWORD start(SC_HANDLE service) {
  DWORD error = NO_ERROR;
  for (int waited = 0; waited < UNLOCKED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    error = StartServiceW(service, 0, NULL) ? NO_ERROR : GetLastError();
    if (error != ERROR_SERVICE_DATABASE_LOCKED) break;
    Sleep(LOOK_EVERY_MS);
  }
  return error == ERROR_SERVICE_ALREADY_RUNNING ? NO_ERROR : error;
}

DWORD install_service(const wchar_t *program, const wchar_t *data) {
  wchar_t command[3 * PATH_LENGTH];
  DWORD error = NO_ERROR;
  swprintf(command, 3 * PATH_LENGTH, L"\"%ls\\poswatch-agent.exe\" service --data \"%ls\"", program, data);
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
  SC_HANDLE service = manager ? enter(manager, command) : NULL;
  if (!service) error = GetLastError();
  else {
    configure(service);
    error = start(service);
    CloseServiceHandle(service);
  }
  if (manager) CloseServiceHandle(manager);
  return error;
}

static DWORD stop(SC_HANDLE service) {
  SERVICE_STATUS status;
  if (!ControlService(service, SERVICE_CONTROL_STOP, &status) && GetLastError() != ERROR_SERVICE_CANNOT_ACCEPT_CTRL)
    return GetLastError() == ERROR_SERVICE_NOT_ACTIVE ? NO_ERROR : GetLastError();
  for (int waited = 0; waited < STOPPED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    if (!QueryServiceStatus(service, &status)) return GetLastError();
    if (status.dwCurrentState == SERVICE_STOPPED) return NO_ERROR;
    Sleep(LOOK_EVERY_MS);
  }
  return ERROR_SERVICE_REQUEST_TIMEOUT;
}

DWORD remove_service(void) {
  DWORD error = NO_ERROR;
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
  SC_HANDLE service = manager ? OpenServiceW(manager, SERVICE_NAME, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE) : NULL;
  if (!service) error = GetLastError();
  else {
    error = stop(service);
    if (error == NO_ERROR && !DeleteService(service)) error = GetLastError();
    CloseServiceHandle(service);
  }
  if (manager) CloseServiceHandle(manager);
  return error == ERROR_SERVICE_DOES_NOT_EXIST ? NO_ERROR : error;
}
