/* Where the agent is installed to, or the monitor: the same two folders on every machine, wherever Windows itself is. */
#pragma once
#include "text.h"

typedef struct {
  /** In the folder of programs: the host, and what it runs under `versions`. */
  wchar_t program[PATH_LENGTH];
  /** In the folder of all programs' data: settings, keys, journals and logs, for administrators alone. */
  wchar_t data[PATH_LENGTH];
} Places;

/** Asks Windows for them, whether they are there or not. Returns false when it does not know. */
bool find_places(Places *places);

/** The folder of this very program, which may be one that the package was unpacked to. */
bool find_own_folder(wchar_t *folder);
