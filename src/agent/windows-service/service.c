#include "service.h"
#include "agent-process.h"
#include "log.h"
#include "product.h"
#include "versions.h"

/** Between two looks at whether it has ended, each of which tells Windows that the service is still stopping. */
#define LOOK_EVERY_MS 1000
#define WAIT_HINT_MS 5000
/** One that ran so long has started well; its next end is no sign of a broken version. */
#define STARTED_WELL_MS 60000
#define TRIAL_ASKED_EVERY_MS 60000
/** A version that an update has brought may take so long until it serves the monitor, which was there to send it. */
#ifndef TRIAL_MS
#define TRIAL_MS 600000
#endif
#define FIRST_DELAY_MS 1000
#define FAILURES_OF_BROKEN 3
/** It ends so for another version. */
#define EXIT_UPDATED 75

/** How a run of the agent ended: not begun, within a minute, later, for another version, or as its trial was over. */
typedef enum { NOT_STARTED, FAILED, RAN, UPDATED, NOT_CONFIRMED } RunResult;

static const Places *places;
static SERVICE_STATUS_HANDLE status_handle;
static SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS};
static HANDLE stopping;
static wchar_t tried[VERSION_LENGTH];
static ULONGLONG tried_since;

static void tell(DWORD state) {
  bool is_pending = state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING;
  status.dwCurrentState = state;
  status.dwCheckPoint = is_pending ? status.dwCheckPoint + 1 : 0;
  status.dwWaitHint = is_pending ? WAIT_HINT_MS : 0;
  status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN : 0;
  SetServiceStatus(status_handle, &status);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *data, void *context) {
  (void)type, (void)data, (void)context;
  if (control == SERVICE_CONTROL_INTERROGATE) return NO_ERROR;
  if (control != SERVICE_CONTROL_STOP && control != SERVICE_CONTROL_PRESHUTDOWN) return ERROR_CALL_NOT_IMPLEMENTED;
  tell(SERVICE_STOP_PENDING);
  SetEvent(stopping);
  return NO_ERROR;
}

static bool is_stopping_within(DWORD milliseconds) {
  return WaitForSingleObject(stopping, milliseconds) == WAIT_OBJECT_0;
}

/** While the machine was awake. */
static ULONGLONG awake_milliseconds(void) {
  ULONGLONG steps = 0; // of 100 ns
  QueryUnbiasedInterruptTime(&steps);
  return steps / 10000;
}

/** How much of its time a version has left, ms, however often it was started; INFINITE = it is not on trial. */
static DWORD trial_left(const wchar_t *version) {
  if (!is_on_trial(places->program, version)) return INFINITE;
  if (wcscmp(tried, version) != 0) tried_since = awake_milliseconds();
  wcscpy(tried, version);
  ULONGLONG used = awake_milliseconds() - tried_since;
  return used < TRIAL_MS ? (DWORD)(TRIAL_MS - used) : 0;
}

/** Waits until the agent ends, the service is to stop, or the trial of its version is over. Returns whether it still runs. */
static bool outlasts(const AgentProcess *agent, const wchar_t *version) {
  HANDLE either[] = {stopping, agent->process};
  for (;;) {
    DWORD left = trial_left(version);
    DWORD waited = WaitForMultipleObjects(2, either, FALSE, left < TRIAL_ASKED_EVERY_MS ? left : TRIAL_ASKED_EVERY_MS);
    // It may have served meanwhile, and what says so may have been held for a moment.
    if (waited != WAIT_TIMEOUT || trial_left(version) == 0) return waited != WAIT_OBJECT_0 + 1;
  }
}

/** Has the agent end where it has not, and tells Windows that the service is stopping if it is. Returns its exit code. */
static DWORD attend(AgentProcess *agent, const wchar_t *version) {
  if (outlasts(agent, version)) {
    ask_to_stop(agent);
    ULONGLONG begun = GetTickCount64();
    while (WaitForSingleObject(agent->process, LOOK_EVERY_MS) == WAIT_TIMEOUT) {
      if (is_stopping_within(0)) tell(SERVICE_STOP_PENDING);
      if (GetTickCount64() - begun < AGENT_STOPS_WITHIN_MS) continue;
      note("the %s does not stop, and is killed", product->noun);
      TerminateProcess(agent->process, 1);
    }
  }
  return bury_agent(agent);
}

/** Whether it has ended because another version is to run now. */
static bool has_updated(DWORD exit_code, const wchar_t *version) {
  wchar_t wanted[VERSION_LENGTH];
  return exit_code == EXIT_UPDATED && product->find_wanted(places, wanted) && wcscmp(wanted, version) != 0;
}

/** Runs the current version until it ends. Returns how well that went. */
static RunResult run_once(wchar_t *version) {
  AgentProcess agent;
  if (!product->find_version(places, version)) {
    note("%ls names no version", product->named_by);
    return NOT_STARTED;
  }
  if (!start_agent(&agent, places, version)) return NOT_STARTED;
  note("the %s %ls has started", product->noun, version);
  ULONGLONG begun = GetTickCount64();
  DWORD exit_code = attend(&agent, version);
  note("the %s %ls ended with %lu", product->noun, version, exit_code);
  if (trial_left(version) == 0) return NOT_CONFIRMED;
  if (has_updated(exit_code, version)) return UPDATED;
  return GetTickCount64() - begun >= STARTED_WELL_MS ? RAN : FAILED;
}

/** Starts the agent again and again until the service is to stop. */
static void keep_running(void) {
  int failures = 0;
  DWORD delay = FIRST_DELAY_MS;
  wchar_t version[VERSION_LENGTH], before[VERSION_LENGTH] = L"";
  while (!is_stopping_within(0)) {
    RunResult result = run_once(version);
    if (is_stopping_within(0)) return;
    if (wcscmp(version, before) != 0) failures = 0;
    wcscpy(before, version);
    if (result == FAILED) failures++;
    if (result == RAN || result == UPDATED) failures = 0;
    if (failures == 0 && result != NOT_STARTED) delay = FIRST_DELAY_MS;
    if (result == UPDATED) continue;
    bool is_broken = result == FAILED && failures >= FAILURES_OF_BROKEN && !may_be_confirmed(places->program, version);
    // Where there is no way back now, its trial begins anew.
    if (result == NOT_CONFIRMED) tried[0] = 0;
    if ((is_broken || result == NOT_CONFIRMED) && fall_back(places->program, version)) {
      note("a new version never served the monitor: %ls is taken again", version);
      failures = 0;
      delay = FIRST_DELAY_MS;
    }
    if (is_stopping_within(delay)) return;
    delay = delay * 2 < product->longest_delay_ms ? delay * 2 : product->longest_delay_ms;
  }
}

static void WINAPI service_main(DWORD count, wchar_t **arguments) {
  (void)count, (void)arguments;
  status_handle = RegisterServiceCtrlHandlerExW(product->service, on_control, NULL);
  if (!status_handle) return;
  stopping = CreateEventW(NULL, TRUE, FALSE, NULL);
  tell(SERVICE_START_PENDING);
  if (!open_log(places->data)) {
    // What it does could not be told, nor would an agent find its configuration.
    status.dwWin32ExitCode = ERROR_PATH_NOT_FOUND;
    tell(SERVICE_STOPPED);
    return;
  }
  note("the service has started");
  tell(SERVICE_RUNNING);
  keep_running();
  note("the service has stopped");
  tell(SERVICE_STOPPED);
}

DWORD run_service(const Places *installed) {
  SERVICE_TABLE_ENTRYW table[] = {{(wchar_t *)product->service, service_main}, {NULL, NULL}};
  places = installed;
  return StartServiceCtrlDispatcherW(table) ? NO_ERROR : GetLastError();
}
