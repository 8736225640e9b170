#include "text.h"
#include <stdarg.h>
#include <stdio.h>

#define MAX_LINE_BYTES 1024
#define MAX_PRINTED 4096
/** A virus scanner holds a file for moments. */
#define RENAME_TRIES 50
#define RENAME_AGAIN_MS 100

bool format_path(wchar_t *path, const wchar_t *format, ...) {
  va_list values;
  va_start(values, format);
  int length = vswprintf(path, PATH_LENGTH, format, values);
  va_end(values);
  if (length < 0 || length >= PATH_LENGTH) path[0] = 0;
  return path[0] != 0;
}

/** A byte order mark, which Notepad writes, and white space around the line. */
static const char *trimmed(char *line) {
  line[strcspn(line, "\r\n")] = 0;
  size_t length = strlen(line);
  while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) line[--length] = 0;
  return strncmp(line, "\xEF\xBB\xBF", 3) == 0 ? line + 3 : line;
}

LineRead read_line(const wchar_t *file, wchar_t *line, size_t length) {
  char bytes[MAX_LINE_BYTES] = {0};
  DWORD count = 0;
  line[0] = 0;
  HANDLE handle = CreateFileW(file, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
  if (handle == INVALID_HANDLE_VALUE) {
    DWORD error = GetLastError();
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? LINE_MISSING : LINE_UNREADABLE;
  }
  bool is_read = ReadFile(handle, bytes, sizeof bytes - 1, &count, NULL);
  CloseHandle(handle);
  if (is_read && MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, trimmed(bytes), -1, line, (int)length) > 0)
    return LINE_READ;
  line[0] = 0;
  return LINE_UNREADABLE;
}

bool write_line(const wchar_t *file, const wchar_t *line) {
  char bytes[MAX_LINE_BYTES];
  wchar_t unfinished[PATH_LENGTH];
  DWORD written = 0;
  int length = WideCharToMultiByte(CP_UTF8, 0, line, -1, bytes, sizeof bytes, NULL, NULL) - 1;
  if (length < 0 || !format_path(unfinished, L"%ls.unfinished", file)) return false;
  HANDLE handle = CreateFileW(unfinished, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_WRITE_THROUGH, NULL);
  if (handle == INVALID_HANDLE_VALUE) return false;
  bool is_written = WriteFile(handle, bytes, (DWORD)length, &written, NULL) && written == (DWORD)length &&
                    FlushFileBuffers(handle);
  CloseHandle(handle);
  for (int tries = 0; is_written && tries < RENAME_TRIES; tries++) {
    if (MoveFileExW(unfinished, file, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) return true;
    Sleep(RENAME_AGAIN_MS);
  }
  return false;
}

void print(const wchar_t *format, ...) {
  wchar_t text[MAX_PRINTED];
  char bytes[MAX_PRINTED * 3];
  DWORD written = 0;
  va_list values;
  va_start(values, format);
  int length = vswprintf(text, MAX_PRINTED, format, values);
  va_end(values);
  if (length < 0) return;
  int count = WideCharToMultiByte(CP_UTF8, 0, text, length, bytes, sizeof bytes, NULL, NULL);
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, (DWORD)count, &written, NULL);
}

uint64_t unix_milliseconds(FILETIME time) {
  // From 1601, where Windows begins to count, to 1970, in steps of 100 ns.
  const uint64_t unix_epoch = 116444736000000000ULL;
  uint64_t steps = ((uint64_t)time.dwHighDateTime << 32) + time.dwLowDateTime;
  return steps > unix_epoch ? (steps - unix_epoch) / 10000 : 0;
}
