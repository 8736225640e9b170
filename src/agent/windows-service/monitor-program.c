#include "monitor-program.h"
#include "node-process.h"
#include "places.h"
#include "texts.h"
#include <stdio.h>

#define NAME L"\\poswatch.exe"
/** As the launcher for Linux has them. */
#define FLAGS L"--max-semi-space-size=4"

bool is_monitor(void) {
  wchar_t own[PATH_LENGTH];
  DWORD length = GetModuleFileNameW(NULL, own, PATH_LENGTH);
  size_t name = wcslen(NAME);
  return length > name && length < PATH_LENGTH && _wcsicmp(own + length - name, NAME) == 0;
}

int run_monitor(int count, wchar_t **arguments) {
  static wchar_t command[COMMAND_LENGTH];
  wchar_t folder[PATH_LENGTH];
  NodeProgram monitor = {folder, command, NULL};
  DWORD exit_code = 1;
  bool does_fit = find_own_folder(folder) && swprintf(command, COMMAND_LENGTH,
                                                      L"\"%ls\\node.exe\" " FLAGS L" \"%ls\\app\\code\\commands.main.js\"",
                                                      folder, folder) > 0;
  for (int number = 0; number < count; number++) does_fit = does_fit && append_argument(command, arguments[number]);
  DWORD error = does_fit ? run_node(&monitor, &exit_code) : ERROR_FILENAME_EXCED_RANGE;
  if (error != NO_ERROR) print(TEXT_NOT_RUN, folder, describe_error(error));
  return (int)exit_code;
}
