#include "versions.h"

static bool read_version(const wchar_t *folder, const wchar_t *name, wchar_t *version) {
  wchar_t file[PATH_LENGTH];
  version[0] = 0;
  if (format_path(file, L"%ls\\%ls.txt", folder, name)) read_line(file, version, VERSION_LENGTH);
  // It becomes a part of a path.
  if (wcspbrk(version, L"\\/:*?\"<>|") || wcsstr(version, L"..")) version[0] = 0;
  return version[0] != 0;
}

static bool write_version(const wchar_t *folder, const wchar_t *name, const wchar_t *version) {
  wchar_t file[PATH_LENGTH];
  return format_path(file, L"%ls\\%ls.txt", folder, name) && write_line(file, version);
}

bool current_version(const wchar_t *folder, wchar_t *version) { return read_version(folder, L"current", version); }

bool is_confirmed(const wchar_t *folder, const wchar_t *version) {
  wchar_t confirmed[VERSION_LENGTH];
  return read_version(folder, L"confirmed", confirmed) && wcscmp(confirmed, version) == 0;
}

bool fall_back(const wchar_t *folder, wchar_t *version) {
  wchar_t previous[VERSION_LENGTH];
  if (!read_version(folder, L"previous", previous) || wcscmp(previous, version) == 0) return false;
  // First this: a version that is rejected is not offered again, whatever happens next.
  if (!write_version(folder, L"rejected", version) || !write_version(folder, L"current", previous)) return false;
  wcscpy(version, previous);
  return true;
}
