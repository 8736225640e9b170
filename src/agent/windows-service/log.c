#include "log.h"
#include "product.h"
#include <stdarg.h>
#include <stdio.h>

#define MAX_LOG_BYTES (5 * 1024 * 1024)
/** That numbered 1 is the newest of those that are kept. */
#define KEPT_LOGS 4
/** While another program holds the log it grows so much before it is tried again. */
#define ROTATED_AGAIN_AFTER (512 * 1024)
#define MAX_NOTE 512

static wchar_t folder[PATH_LENGTH];
static HANDLE file = INVALID_HANDLE_VALUE;
static LONGLONG rotated_at = MAX_LOG_BYTES;
static CRITICAL_SECTION lock;

static bool open_file(void) {
  wchar_t path[PATH_LENGTH];
  if (!format_path(path, L"%ls\\%hs.log", folder, product->noun)) return false;
  file = CreateFileW(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                     OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  return file != INVALID_HANDLE_VALUE;
}

/** The log is put aside first: where that fails, the older ones stay. */
static bool shift_logs(void) {
  wchar_t from[PATH_LENGTH], to[PATH_LENGTH];
  bool is_aside = format_path(from, L"%ls\\%hs.log", folder, product->noun) &&
                  format_path(to, L"%ls\\%hs.0.log", folder, product->noun) && MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING);
  if (!is_aside) return false;
  for (int number = KEPT_LOGS - 1; number >= 0; number--)
    if (format_path(from, L"%ls\\%hs.%d.log", folder, product->noun, number) &&
        format_path(to, L"%ls\\%hs.%d.log", folder, product->noun, number + 1))
      MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING);
  return true;
}

static void rotate(LONGLONG size) {
  CloseHandle(file);
  rotated_at = shift_logs() ? MAX_LOG_BYTES : size + ROTATED_AGAIN_AFTER;
  open_file();
}

bool open_log(const wchar_t *data_folder) {
  InitializeCriticalSection(&lock);
  return format_path(folder, L"%ls", data_folder) && open_file();
}

void append_log(const char *bytes, DWORD count) {
  DWORD written = 0;
  LARGE_INTEGER size;
  EnterCriticalSection(&lock);
  if (file != INVALID_HANDLE_VALUE || open_file()) {
    WriteFile(file, bytes, count, &written, NULL);
    if (GetFileSizeEx(file, &size) && size.QuadPart > rotated_at) rotate(size.QuadPart);
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
  int length = snprintf(line, sizeof line, "{\"level\":30,\"time\":%llu,\"name\":\"host\",\"msg\":\"%s\"}\n",
                        (unsigned long long)unix_milliseconds(now), text);
  append_log(line, (DWORD)length);
}
