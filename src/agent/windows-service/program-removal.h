/* Takes an installed program away, which may be the one that runs. */
#pragma once
#include "places.h"

/** What it takes to be repeated goes last, and the program that runs after its end. An empty folder that a shell is in goes when
 * Windows starts next. Returns an error of Windows, 0 = none. */
DWORD remove_program(const wchar_t *program_folder);
