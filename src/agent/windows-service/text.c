#include "text.h"
#include <stdarg.h>
#include <stdio.h>

#define MAX_PRINTED 4096
#define SENTENCE_LENGTH 512

bool format_path(wchar_t *path, const wchar_t *format, ...) {
  va_list values;
  va_start(values, format);
  int length = vswprintf(path, PATH_LENGTH, format, values);
  va_end(values);
  if (length < 0 || length >= PATH_LENGTH) path[0] = 0;
  return path[0] != 0;
}

static HANDLE events;

void print_to_events(bool is_wanted) {
  if (events) DeregisterEventSource(events);
  events = is_wanted ? RegisterEventSourceW(NULL, L"PoswatchAgent") : NULL;
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
  if (events) {
    const wchar_t *texts[] = {text};
    ReportEventW(events, EVENTLOG_ERROR_TYPE, 0, 1, NULL, 1, 0, texts, NULL);
    return;
  }
  HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
  // The code page of a console has not all letters.
  if (WriteConsoleW(output, text, (DWORD)length, &written, NULL)) return;
  int count = WideCharToMultiByte(CP_UTF8, 0, text, length, bytes, sizeof bytes, NULL, NULL);
  WriteFile(output, bytes, (DWORD)count, &written, NULL);
}

const wchar_t *describe_error(DWORD error) {
  static wchar_t sentence[SENTENCE_LENGTH];
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, sentence,
                                SENTENCE_LENGTH, NULL);
  while (length > 0 && wcschr(L" .\r\n", sentence[length - 1])) length--;
  swprintf(sentence + length, SENTENCE_LENGTH - length, length ? L" (%lu)" : L"%lu", error);
  return sentence;
}

uint64_t unix_milliseconds(FILETIME time) {
  // From 1601, where Windows begins to count, to 1970, in steps of 100 ns.
  const uint64_t unix_epoch = 116444736000000000ULL;
  uint64_t steps = ((uint64_t)time.dwHighDateTime << 32) + time.dwLowDateTime;
  return steps > unix_epoch ? (steps - unix_epoch) / 10000 : 0;
}
