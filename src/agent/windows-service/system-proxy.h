/* The HTTP proxy that Windows has in its settings. */
#pragma once
#include "text.h"

/**
 * Prints the proxy for an address, `host:port` in one line, nothing = none: that of `netsh winhttp`, else that of this account's
 * internet settings, named there or by their script. They are not searched for by themselves (WPAD). Returns an error of Windows, 0 = none.
 */
DWORD print_system_proxy(const wchar_t *url);
