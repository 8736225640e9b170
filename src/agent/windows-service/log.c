#include "log.h"
#include <stdarg.h>
#include <stdio.h>

#define MAX_LOG_BYTES (5 * 1024 * 1024)
/** agent.1.log is the newest of those that are kept. */
#define KEPT_LOGS 4
#define MAX_NOTE 512
/** From 1601, where Windows begins to count, to 1970, in steps of 100 ns. */
#define UNIX_EPOCH 116444736000000000ULL

static wchar_t folder[PATH_LENGTH];
static HANDLE file = INVALID_HANDLE_VALUE;
static CRITICAL_SECTION lock;

static bool log_path(wchar_t *path, int number) {
  return number == 0 ? format_path(path, L"%ls\\agent.log", folder)
                     : format_path(path, L"%ls\\agent.%d.log", folder, number);
}

static void open_file(void) {
  wchar_t path[PATH_LENGTH];
  if (!log_path(path, 0)) return;
  file = CreateFileW(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                     OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
}

static void rotate(void) {
  wchar_t from[PATH_LENGTH], to[PATH_LENGTH];
  CloseHandle(file);
  for (int number = KEPT_LOGS - 1; number >= 0; number--)
    if (log_path(from, number) && log_path(to, number + 1)) MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING);
  open_file();
}

void open_log(const wchar_t *data_folder) {
  InitializeCriticalSection(&lock);
  format_path(folder, L"%ls", data_folder);
  open_file();
}

void append_log(const char *bytes, DWORD count) {
  DWORD written = 0;
  LARGE_INTEGER size;
  EnterCriticalSection(&lock);
  if (file == INVALID_HANDLE_VALUE) open_file();
  if (file != INVALID_HANDLE_VALUE) {
    WriteFile(file, bytes, count, &written, NULL);
    if (GetFileSizeEx(file, &size) && size.QuadPart > MAX_LOG_BYTES) rotate();
  }
  LeaveCriticalSection(&lock);
}

void note(const char *format, ...) {
  char text[MAX_NOTE], line[MAX_NOTE + 128];
  FILETIME now;
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  GetSystemTimeAsFileTime(&now);
  ULONGLONG steps = ((ULONGLONG)now.dwHighDateTime << 32) + now.dwLowDateTime - UNIX_EPOCH;
  int length = snprintf(line, sizeof line, "{\"level\":30,\"time\":%llu,\"name\":\"host\",\"msg\":\"%s\"}\n",
                        steps / 10000, text);
  append_log(line, (DWORD)length);
}
