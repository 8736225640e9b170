/* Small files of one line, and the files of a package. */
#pragma once
#include "text.h"

typedef enum { LINE_READ, LINE_MISSING, LINE_UNREADABLE } LineRead;

/** Reads the first line of a small UTF-8 file, without what an editor adds to it; empty unless LINE_READ. */
LineRead read_line(const wchar_t *file, wchar_t *line, size_t length);

/** Replaces a file by one line, so that after a power cut it is either the old or the new one. Returns an error of Windows, 0 = none. */
DWORD write_line(const wchar_t *file, const wchar_t *line);

bool is_file(const wchar_t *file);

bool is_folder(const wchar_t *folder);

/** Makes a folder, unless it is there. Returns an error of Windows, 0 = none. */
DWORD make_folder(const wchar_t *folder);

/** Puts a copy of a file in the place of another; equal ones stay as they are. Returns an error of Windows, 0 = none. */
DWORD replace_file(const wchar_t *from, const wchar_t *to);

/** Deletes a file, which may not be there. Returns an error of Windows, 0 = none. */
DWORD remove_file(const wchar_t *file);

/** Deletes all that is in a folder but what has these names. Returns an error of Windows, 0 = none. */
DWORD empty_folder(const wchar_t *folder, int count, const wchar_t *const *kept);

/** Deletes a folder with all that is in it, which may not be there. Returns an error of Windows, 0 = none. */
DWORD remove_folder(const wchar_t *folder);
