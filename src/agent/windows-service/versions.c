#include "versions.h"

/** It becomes a part of a path, and of a line of JSON. */
#define VERSION_CHARACTERS L"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-"

LineRead read_version(const wchar_t *folder, const wchar_t *name, wchar_t *version) {
  wchar_t file[PATH_LENGTH];
  version[0] = 0;
  if (!format_path(file, L"%ls\\%ls.txt", folder, name)) return LINE_UNREADABLE;
  LineRead read = read_line(file, version, VERSION_LENGTH);
  if (version[wcsspn(version, VERSION_CHARACTERS)] == 0 && version[0] != L'.') return read;
  version[0] = 0;
  return LINE_UNREADABLE;
}

static DWORD write_version(const wchar_t *folder, const wchar_t *name, const wchar_t *version) {
  wchar_t file[PATH_LENGTH];
  return format_path(file, L"%ls\\%ls.txt", folder, name) ? write_line(file, version) : ERROR_FILENAME_EXCED_RANGE;
}

static bool agent_of(const wchar_t *folder, const wchar_t *version, wchar_t *file) {
  return format_path(file, L"%ls\\versions\\%ls\\agent.cjs", folder, version);
}

/** Where a power failure has emptied the first: what has served a monitor, and what the package brought. */
static const wchar_t *const NAMES_OF_CURRENT[] = {L"current", L"confirmed", L"version"};

bool current_version(const wchar_t *folder, wchar_t *version) {
  wchar_t agent[PATH_LENGTH];
  for (int number = 0; number < 3; number++) {
    // What somebody else holds for a moment, or has written there, is waited for.
    if (read_version(folder, NAMES_OF_CURRENT[number], version) == LINE_UNREADABLE) return false;
    if (version[0] != 0 && (number == 0 || (agent_of(folder, version, agent) && is_file(agent)))) return true;
  }
  version[0] = 0;
  return false;
}

bool may_be_confirmed(const wchar_t *folder, const wchar_t *version) {
  wchar_t confirmed[VERSION_LENGTH];
  LineRead read = read_version(folder, L"confirmed", confirmed);
  return read == LINE_UNREADABLE || (read == LINE_READ && wcscmp(confirmed, version) == 0);
}

bool is_on_trial(const wchar_t *folder, const wchar_t *version) {
  wchar_t tried[VERSION_LENGTH], previous[VERSION_LENGTH];
  read_version(folder, L"trial", tried);
  read_version(folder, L"previous", previous);
  return wcscmp(tried, version) == 0 && previous[0] != 0 && wcscmp(previous, version) != 0 && !may_be_confirmed(folder, version);
}

bool fall_back(const wchar_t *folder, wchar_t *version) {
  wchar_t previous[VERSION_LENGTH], agent[PATH_LENGTH];
  read_version(folder, L"previous", previous);
  if (previous[0] == 0 || wcscmp(previous, version) == 0) return false;
  if (!agent_of(folder, previous, agent) || !is_file(agent)) return false;
  // First this: a version that is rejected is not offered again, whatever happens next.
  if (write_version(folder, L"rejected", version) != NO_ERROR) return false;
  if (write_version(folder, L"current", previous) != NO_ERROR) return false;
  wcscpy(version, previous);
  return true;
}

/** Whether the first is a later version: by its numbers, one after the other. */
static bool is_later(const wchar_t *version, const wchar_t *than) {
  for (int number = 0; number < 3; number++) {
    wchar_t *end, *end_of_other;
    unsigned long own = wcstoul(version, &end, 10), other = wcstoul(than, &end_of_other, 10);
    if (own != other) return own > other;
    version = *end == L'.' ? end + 1 : end;
    than = *end_of_other == L'.' ? end_of_other + 1 : end_of_other;
  }
  return false;
}

bool has_agent(const wchar_t *folder) {
  wchar_t version[VERSION_LENGTH], agent[PATH_LENGTH], node[PATH_LENGTH];
  return current_version(folder, version) && agent_of(folder, version, agent) && is_file(agent) &&
         format_path(node, L"%ls\\node.exe", folder) && is_file(node);
}

/** An update has brought a later version than the package has. */
static bool is_kept(const wchar_t *folder, const wchar_t *current, const wchar_t *packaged) {
  wchar_t file[PATH_LENGTH];
  return is_later(current, packaged) && agent_of(folder, current, file) && is_file(file);
}

bool is_older_package(const wchar_t *package, const wchar_t *folder) {
  wchar_t packaged[VERSION_LENGTH], installed[VERSION_LENGTH];
  return read_version(package, L"version", packaged) == LINE_READ &&
         read_version(folder, L"version", installed) == LINE_READ && is_later(installed, packaged);
}

DWORD take_packaged_version(const wchar_t *package, const wchar_t *folder) {
  wchar_t version[VERSION_LENGTH], current[VERSION_LENGTH];
  wchar_t source[PATH_LENGTH], versions[PATH_LENGTH], own[PATH_LENGTH], target[PATH_LENGTH];
  if (read_version(package, L"version", version) != LINE_READ) return ERROR_FILE_NOT_FOUND;
  bool do_fit = format_path(source, L"%ls\\agent.cjs", package) && format_path(versions, L"%ls\\versions", folder) &&
                format_path(own, L"%ls\\%ls", versions, version) && agent_of(folder, version, target);
  if (!do_fit) return ERROR_FILENAME_EXCED_RANGE;
  bool is_there = current_version(folder, current);
  if (is_there && is_kept(folder, current, version)) return write_version(folder, L"current", current);
  DWORD error = make_folder(versions);
  if (error == NO_ERROR) error = make_folder(own);
  // What runs from its own folder has put it there before.
  if (error == NO_ERROR && !is_file(source)) error = is_file(target) ? NO_ERROR : ERROR_INSTALL_SOURCE_ABSENT;
  else if (error == NO_ERROR) error = replace_file(source, target);
  if (error != NO_ERROR) return error;
  if (is_there && wcscmp(current, version) != 0) error = write_version(folder, L"previous", current);
  // What a person installs is not on trial.
  if (error == NO_ERROR && format_path(own, L"%ls\\trial.txt", folder)) error = remove_file(own);
  return error == NO_ERROR ? write_version(folder, L"current", version) : error;
}
