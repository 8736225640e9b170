/* Wide strings of bounded length, small files of one line, and times. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>
#include <windows.h>

/** Longer than any path that the agent is installed to. */
#define PATH_LENGTH 1024

/** Formats into a buffer of PATH_LENGTH. Returns false, with an empty buffer, when it does not fit. */
bool format_path(wchar_t *path, const wchar_t *format, ...);

typedef enum { LINE_READ, LINE_MISSING, LINE_UNREADABLE } LineRead;

/** Reads the first line of a small UTF-8 file, without what an editor adds to it; empty unless LINE_READ. */
LineRead read_line(const wchar_t *file, wchar_t *line, size_t length);

/** Replaces a file by one line, so that after a power cut it is either the old or the new one. */
bool write_line(const wchar_t *file, const wchar_t *line);

/** A time of Windows in ms UTC. */
uint64_t unix_milliseconds(FILETIME time);

/** Writes UTF-8 to the standard output, whatever it is. */
void print(const wchar_t *format, ...);
