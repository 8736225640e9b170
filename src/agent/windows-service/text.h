/* Wide strings of bounded length, and small files of one line. */
#pragma once
#include <stdbool.h>
#include <wchar.h>
#include <windows.h>

/** Longer than any path that the agent is installed to. */
#define PATH_LENGTH 1024

/** Formats into a buffer of PATH_LENGTH. Returns false, with an empty buffer, when it does not fit. */
bool format_path(wchar_t *path, const wchar_t *format, ...);

/** Reads the first line of a small UTF-8 file; empty when it is not there or cannot be read. */
void read_line(const wchar_t *file, wchar_t *line, size_t length);

/** Replaces a file by one line, so that after a power cut it is either the old or the new one. */
bool write_line(const wchar_t *file, const wchar_t *line);

/** Writes UTF-8 to the standard output, whatever it is. */
void print(const wchar_t *format, ...);
