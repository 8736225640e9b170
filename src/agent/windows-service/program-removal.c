#include "program-removal.h"
#include "files.h"
#include "product.h"

/** This very program cannot be deleted while it runs: it is put aside, and goes when Windows starts next. */
static DWORD remove_host(const wchar_t *program) {
  wchar_t host[PATH_LENGTH], folder[PATH_LENGTH], aside[PATH_LENGTH];
  if (!format_path(host, L"%ls\\%ls", program, product->host) ||
      !format_path(aside, L"%ls.%llu.removed", program, (unsigned long long)GetTickCount64()))
    return ERROR_FILENAME_EXCED_RANGE;
  if (!find_own_folder(folder) || _wcsicmp(folder, program) != 0) return remove_file(host);
  if (!MoveFileExW(host, aside, 0)) return GetLastError();
  MoveFileExW(aside, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
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
