#include "versions.h"

/** It becomes a part of a path, and of a line of JSON. */
#define VERSION_CHARACTERS L"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-"

static LineRead read_version(const wchar_t *folder, const wchar_t *name, wchar_t *version) {
  wchar_t file[PATH_LENGTH];
  version[0] = 0;
  if (!format_path(file, L"%ls\\%ls.txt", folder, name)) return LINE_UNREADABLE;
  LineRead read = read_line(file, version, VERSION_LENGTH);
  if (version[wcsspn(version, VERSION_CHARACTERS)] == 0 && version[0] != L'.') return read;
  version[0] = 0;
  return LINE_UNREADABLE;
}

static bool write_version(const wchar_t *folder, const wchar_t *name, const wchar_t *version) {
  wchar_t file[PATH_LENGTH];
  return format_path(file, L"%ls\\%ls.txt", folder, name) && write_line(file, version);
}

bool current_version(const wchar_t *folder, wchar_t *version) {
  read_version(folder, L"current", version);
  return version[0] != 0;
}

bool may_be_confirmed(const wchar_t *folder, const wchar_t *version) {
  wchar_t confirmed[VERSION_LENGTH];
  LineRead read = read_version(folder, L"confirmed", confirmed);
  return read == LINE_UNREADABLE || (read == LINE_READ && wcscmp(confirmed, version) == 0);
}

bool fall_back(const wchar_t *folder, wchar_t *version) {
  wchar_t previous[VERSION_LENGTH];
  read_version(folder, L"previous", previous);
  if (previous[0] == 0 || wcscmp(previous, version) == 0) return false;
  // First this: a version that is rejected is not offered again, whatever happens next.
  if (!write_version(folder, L"rejected", version) || !write_version(folder, L"current", previous)) return false;
  wcscpy(version, previous);
  return true;
}

static bool make_folder(const wchar_t *folder) {
  return CreateDirectoryW(folder, NULL) || GetLastError() == ERROR_ALREADY_EXISTS;
}

static bool is_file(const wchar_t *file) {
  DWORD attributes = GetFileAttributesW(file);
  return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

DWORD take_packaged_version(const wchar_t *folder) {
  wchar_t version[VERSION_LENGTH], current[VERSION_LENGTH];
  wchar_t source[PATH_LENGTH], versions[PATH_LENGTH], own[PATH_LENGTH], target[PATH_LENGTH];
  if (read_version(folder, L"version", version) != LINE_READ) return ERROR_FILE_NOT_FOUND;
  bool do_fit = format_path(source, L"%ls\\agent.cjs", folder) && format_path(versions, L"%ls\\versions", folder) &&
                format_path(own, L"%ls\\%ls", versions, version) && format_path(target, L"%ls\\agent.cjs", own);
  if (!do_fit) return ERROR_FILENAME_EXCED_RANGE;
  if (is_file(source)) {
    if (!make_folder(versions) || !make_folder(own) || !CopyFileW(source, target, FALSE)) return GetLastError();
  } else if (!is_file(target)) return ERROR_FILE_NOT_FOUND;
  bool is_replaced = current_version(folder, current) && wcscmp(current, version) != 0;
  if (is_replaced && !write_version(folder, L"previous", current)) return ERROR_WRITE_FAULT;
  return write_version(folder, L"current", version) ? NO_ERROR : ERROR_WRITE_FAULT;
}
