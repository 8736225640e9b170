/* What Windows knows of a service, so that neither sc.exe's texts nor PowerShell is needed. */
#pragma once
#include "text.h"

/**
 * Prints one line of JSON of the first of these services that is installed, or of the first of all: `state` (a SERVICE_…
 * number, 0 = not installed), `name`, `processId`, `startedAt` (ms UTC), `account`, `profile` (its folder); null where Windows does not tell.
 * Returns an error of Windows, 0 = none.
 */
DWORD print_service_state(int count, wchar_t **names);

/**
 * Prints the product version of the program of the first of these services that is installed. Returns an error of Windows,
 * 0 = none; there is one too when no such service is installed or its program names no version.
 */
DWORD print_service_version(int count, wchar_t **names);
