#include "files.h"

#define MAX_LINE_BYTES 1024
#define COMPARED_BYTES 65536
/** A virus scanner holds a file for moments. */
#define TRIES 50
#define AGAIN_MS 100

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

/** Whether to try again, after a moment, what somebody else who has the file open may be the reason of. */
static bool may_try_again(DWORD error, int *tries) {
  // A folder is not empty while a file that was deleted in it still is open.
  bool is_held = error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION || error == ERROR_LOCK_VIOLATION ||
                 error == ERROR_DIR_NOT_EMPTY;
  if (!is_held || ++*tries == TRIES) return false;
  Sleep(AGAIN_MS);
  return true;
}

/** Puts a file in the place of another. */
static DWORD rename_over(const wchar_t *from, const wchar_t *to) {
  DWORD error;
  int tries = 0;
  do {
    error = MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) ? NO_ERROR : GetLastError();
  } while (may_try_again(error, &tries));
  return error;
}

DWORD write_line(const wchar_t *file, const wchar_t *line) {
  char bytes[MAX_LINE_BYTES];
  wchar_t unfinished[PATH_LENGTH];
  DWORD written = 0;
  int length = WideCharToMultiByte(CP_UTF8, 0, line, -1, bytes, sizeof bytes, NULL, NULL) - 1;
  if (length < 0 || !format_path(unfinished, L"%ls.unfinished", file)) return ERROR_FILENAME_EXCED_RANGE;
  HANDLE handle = CreateFileW(unfinished, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_WRITE_THROUGH, NULL);
  if (handle == INVALID_HANDLE_VALUE) return GetLastError();
  bool is_written = WriteFile(handle, bytes, (DWORD)length, &written, NULL) && FlushFileBuffers(handle);
  DWORD error = is_written ? NO_ERROR : GetLastError();
  CloseHandle(handle);
  return error == NO_ERROR ? rename_over(unfinished, file) : error;
}

bool is_file(const wchar_t *file) {
  DWORD attributes = GetFileAttributesW(file);
  return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

bool is_folder(const wchar_t *folder) {
  DWORD attributes = GetFileAttributesW(folder);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}

DWORD make_folder(const wchar_t *folder) {
  return CreateDirectoryW(folder, NULL) || GetLastError() == ERROR_ALREADY_EXISTS ? NO_ERROR : GetLastError();
}

static HANDLE open_to_read(const wchar_t *file) {
  return CreateFileW(file, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
}

static bool are_equal(HANDLE one, HANDLE other) {
  static char bytes[COMPARED_BYTES], others[COMPARED_BYTES];
  DWORD count = 0, count_of_other = 0;
  do {
    if (!ReadFile(one, bytes, COMPARED_BYTES, &count, NULL) || !ReadFile(other, others, COMPARED_BYTES, &count_of_other, NULL) ||
        count != count_of_other || memcmp(bytes, others, count) != 0)
      return false;
  } while (count > 0);
  return true;
}

static bool is_copied(const wchar_t *from, const wchar_t *to) {
  HANDLE one = open_to_read(from), other = open_to_read(to);
  bool is_equal = one != INVALID_HANDLE_VALUE && other != INVALID_HANDLE_VALUE && are_equal(one, other);
  if (one != INVALID_HANDLE_VALUE) CloseHandle(one);
  if (other != INVALID_HANDLE_VALUE) CloseHandle(other);
  return is_equal;
}

DWORD replace_file(const wchar_t *from, const wchar_t *to) {
  wchar_t unfinished[PATH_LENGTH], mark[PATH_LENGTH];
  if (is_copied(from, to)) return NO_ERROR;
  if (!format_path(unfinished, L"%ls.unfinished", to)) return ERROR_FILENAME_EXCED_RANGE;
  if (!CopyFileW(from, unfinished, FALSE)) return GetLastError();
  // A package on a medium that cannot be written to makes copies that could not be replaced; one of a browser is marked.
  SetFileAttributesW(unfinished, FILE_ATTRIBUTE_NORMAL);
  if (format_path(mark, L"%ls:Zone.Identifier", unfinished)) DeleteFileW(mark);
  SetFileAttributesW(to, FILE_ATTRIBUTE_NORMAL);
  DWORD error = rename_over(unfinished, to);
  if (error != NO_ERROR) DeleteFileW(unfinished);
  return error;
}

/** A file that a scanner has open goes a moment after it was deleted, and its folder only then. */
static DWORD retry(BOOL(WINAPI *removal)(LPCWSTR), const wchar_t *path) {
  DWORD error;
  int tries = 0;
  do {
    error = removal(path) ? NO_ERROR : GetLastError();
  } while (may_try_again(error, &tries));
  return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? NO_ERROR : error;
}

DWORD remove_file(const wchar_t *file) {
  SetFileAttributesW(file, FILE_ATTRIBUTE_NORMAL);
  return retry(DeleteFileW, file);
}

/** Deletes what has a name in a folder; what a link leads to is somebody else's. */
static DWORD remove_entry(const wchar_t *path, DWORD attributes) {
  if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) return remove_file(path);
  return attributes & FILE_ATTRIBUTE_REPARSE_POINT ? retry(RemoveDirectoryW, path) : remove_folder(path);
}

DWORD empty_folder(const wchar_t *folder, int count, const wchar_t *const *kept) {
  wchar_t pattern[PATH_LENGTH], path[PATH_LENGTH];
  WIN32_FIND_DATAW entry;
  DWORD error = NO_ERROR;
  if (!format_path(pattern, L"%ls\\*", folder)) return ERROR_FILENAME_EXCED_RANGE;
  HANDLE search = FindFirstFileW(pattern, &entry);
  if (search == INVALID_HANDLE_VALUE) return GetLastError() == ERROR_PATH_NOT_FOUND ? NO_ERROR : GetLastError();
  do {
    bool is_kept = wcscmp(entry.cFileName, L".") == 0 || wcscmp(entry.cFileName, L"..") == 0;
    for (int number = 0; number < count; number++) is_kept = is_kept || _wcsicmp(entry.cFileName, kept[number]) == 0;
    if (is_kept) continue;
    bool does_fit = format_path(path, L"%ls\\%ls", folder, entry.cFileName);
    error = does_fit ? remove_entry(path, entry.dwFileAttributes) : ERROR_FILENAME_EXCED_RANGE;
  } while (error == NO_ERROR && FindNextFileW(search, &entry));
  FindClose(search);
  return error;
}

DWORD remove_folder(const wchar_t *folder) {
  DWORD error = empty_folder(folder, 0, NULL);
  return error == NO_ERROR ? retry(RemoveDirectoryW, folder) : error;
}
