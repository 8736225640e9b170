/*
 * A service that stands for a POS server: while it runs it holds its database and one of its logs so that nobody else gets at them,
 * and tells in another log that its exchange works. Its folder is C:\pos.
 */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

#define NAME L"HeldPos"
#define EXCHANGE_EVERY_MS 500

static SERVICE_STATUS_HANDLE status_handle;
static HANDLE stopping;

static void tell(DWORD state) {
  SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
                           .dwCurrentState = state,
                           .dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0};
  SetServiceStatus(status_handle, &status);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *data, void *context) {
  (void)type, (void)data, (void)context;
  if (control == SERVICE_CONTROL_STOP) SetEvent(stopping);
  return control == SERVICE_CONTROL_STOP || control == SERVICE_CONTROL_INTERROGATE ? NO_ERROR : ERROR_CALL_NOT_IMPLEMENTED;
}

static HANDLE open(const wchar_t *file, DWORD sharing) {
  HANDLE handle = CreateFileW(file, GENERIC_READ | FILE_APPEND_DATA, sharing, NULL, OPEN_ALWAYS, 0, NULL);
  DWORD written;
  WriteFile(handle, "kept\r\n", 6, &written, NULL);
  return handle;
}

static void tell_exchange(HANDLE log) {
  SYSTEMTIME now;
  char line[256];
  DWORD written;
  GetLocalTime(&now);
  int length = snprintf(line, sizeof line, "[%04d-%02d-%02d %02d:%02d:%02d,%03d]  INFO [12] - Обмен с главным сервером успешно завершён\r\n",
                        now.wYear, now.wMonth, now.wDay, now.wHour, now.wMinute, now.wSecond, now.wMilliseconds);
  WriteFile(log, line, (DWORD)length, &written, NULL);
}

static void WINAPI service_main(DWORD count, wchar_t **arguments) {
  (void)count, (void)arguments;
  status_handle = RegisterServiceCtrlHandlerExW(NAME, on_control, NULL);
  stopping = CreateEventW(NULL, TRUE, FALSE, NULL);
  HANDLE database = open(L"C:\\pos\\CardService.mdf", 0);
  HANDLE held = open(L"C:\\pos\\Logs\\занят.log", 0);
  HANDLE log = open(L"C:\\pos\\Logs\\Обмен.log", FILE_SHARE_READ | FILE_SHARE_WRITE);
  tell(SERVICE_RUNNING);
  do tell_exchange(log);
  while (WaitForSingleObject(stopping, EXCHANGE_EVERY_MS) == WAIT_TIMEOUT);
  CloseHandle(database);
  CloseHandle(held);
  CloseHandle(log);
  tell(SERVICE_STOPPED);
}

int main(void) {
  SERVICE_TABLE_ENTRYW table[] = {{NAME, service_main}, {NULL, NULL}};
  return StartServiceCtrlDispatcherW(table) ? 0 : 1;
}
