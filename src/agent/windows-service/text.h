/* Wide strings of bounded length, times, and what is printed. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>
#include <windows.h>

/** Longer than any path that the agent is installed to. */
#define PATH_LENGTH 1024

/** Formats into a buffer of PATH_LENGTH. Returns false, with an empty buffer, when it does not fit. */
bool format_path(wchar_t *path, const wchar_t *format, ...);

/** A time of Windows in ms UTC. */
uint64_t unix_milliseconds(FILETIME time);

/** Has what is printed go to the event log of Windows, each text as an error of the source PoswatchAgent, or no more. */
void print_to_events(bool is_wanted);

/** Writes to the standard output: letters to a console, UTF-8 to anything else. */
void print(const wchar_t *format, ...);

/** What Windows says of one of its errors, in its own language, with the number; until it is asked of the next one. */
const wchar_t *describe_error(DWORD error);
