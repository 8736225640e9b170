#include "program-removal.h"
#include "files.h"
#include "product.h"

/** Deletes a program that runs, within a minute of its end: cmd.exe tries each second, or Windows does at its next start. */
static void delete_after_end(const wchar_t *file) {
  static const wchar_t *const line = L"cmd.exe /d /q /c \"for /l %%i in (1,1,60) do "
                                     L"(del \"%ls\" & if exist \"%ls\" \"%ls\\ping.exe\" -n 2 127.0.0.1)\"";
  wchar_t system[PATH_LENGTH], shell[PATH_LENGTH], command[PATH_LENGTH];
  STARTUPINFOW streams = {.cb = sizeof streams};
  PROCESS_INFORMATION started;
  MoveFileExW(file, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
  if (!GetSystemDirectoryW(system, PATH_LENGTH) || !format_path(shell, L"%ls\\cmd.exe", system) ||
      !format_path(command, line, file, file, system) ||
      !CreateProcessW(shell, command, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, system, &streams, &started))
    return;
  CloseHandle(started.hThread);
  CloseHandle(started.hProcess);
}

/** This very program cannot be deleted while it runs: it is put aside, and goes after its end. */
static DWORD remove_host(const wchar_t *program) {
  wchar_t host[PATH_LENGTH], folder[PATH_LENGTH], aside[PATH_LENGTH];
  if (!format_path(host, L"%ls\\%ls", program, product->host) ||
      !format_path(aside, L"%ls.%llu.removed", program, (unsigned long long)GetTickCount64()))
    return ERROR_FILENAME_EXCED_RANGE;
  if (!find_own_folder(folder) || _wcsicmp(folder, program) != 0) return remove_file(host);
  if (!MoveFileExW(host, aside, 0)) return GetLastError();
  delete_after_end(aside);
  return NO_ERROR;
}

DWORD remove_program(const wchar_t *program) {
  const wchar_t *const last[] = {product->host, product->named_by};
  wchar_t system[PATH_LENGTH];
  // A folder that a program is in cannot be deleted, and it may have been started there.
  if (GetSystemDirectoryW(system, PATH_LENGTH)) SetCurrentDirectoryW(system);
  DWORD error = empty_folder(program, 2, last);
  if (error == NO_ERROR) error = empty_folder(program, 1, last);
  if (error == NO_ERROR) error = remove_host(program);
  if (error == NO_ERROR && remove_folder(program) != NO_ERROR) MoveFileExW(program, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
  return error;
}
