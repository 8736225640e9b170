/* Libraries that Windows would look for beside this program first, where others may have put one of that name. */
#pragma once
#include <windows.h>

/** A function of a library of the system's folder; NULL = it has none. */
FARPROC system_function(const wchar_t *library, const char *name);

/** The same with its type. */
#define SYSTEM_FUNCTION(library, name) ((__typeof__(&name))(void *)system_function(library, #name))
