/* The entry of the service in Windows. */
#pragma once
#include "text.h"

/**
 * Enters the service, or puts its entry right, and starts it anew: it starts with Windows, a little after it, and again after each
 * failure of the host itself. The version of the package becomes the current one. Returns an error of Windows, 0 = none.
 */
DWORD install_service(const wchar_t *program_folder, const wchar_t *data_folder);

/** Stops the service and takes its entry away; its files stay. Returns an error of Windows, 0 = none, or none was there. */
DWORD remove_service(void);
