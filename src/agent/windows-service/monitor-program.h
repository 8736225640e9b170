/* poswatch.exe: the same program under another name starts the monitor that lies beside it, and its commands. */
#pragma once
#include <stdbool.h>
#include <wchar.h>

/** Whether this program is called poswatch.exe. */
bool is_monitor(void);

/** Runs a command of the monitor. Returns its exit code, or 1 with a sentence when it cannot be started. */
int run_monitor(int count, wchar_t **arguments);
