/* Where the agent is installed to: the same two folders on every machine, wherever Windows itself is. */
#pragma once
#include "text.h"

typedef struct {
  /** `Poswatch` in the folder of programs: the host, node.exe, and the agent under `versions`. */
  wchar_t program[PATH_LENGTH];
  /** `Poswatch` in the folder of all programs' data: agent.json, identity, journals and logs, for administrators alone. */
  wchar_t data[PATH_LENGTH];
} Places;

/** Asks Windows for them, whether they are there or not. Returns false when it does not know. */
bool find_places(Places *places);

/** The folder of this very program, which may be one that the package was unpacked to. */
bool find_own_folder(wchar_t *folder);
