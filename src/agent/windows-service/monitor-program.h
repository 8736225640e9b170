/* poswatch.exe: the same program under another name starts the monitor, as its service or for a command of it. */
#pragma once
#include "node-process.h"
#include "places.h"

/** Whether this program is called poswatch.exe. */
bool is_monitor(void);

/** The version that has proved itself, before there is one that which was installed. Returns false where there is none. */
bool find_monitor_version(const Places *places, wchar_t *version);

/** How that is run as the service. Returns whether it fits. */
bool find_monitor_service(NodeProgram *monitor, const Places *places, const wchar_t *version);

/** The version that was installed last. Returns false where there is none. */
bool find_wanted_monitor(const Places *places, wchar_t *version);

/**
 * Runs a command: of the version beside this program or, where none is, of the installed one. Windows starts `service`, and the command
 * `install` asks for `protect-data` and `enter-service`. Returns its exit code, or 1 with a sentence when it cannot be run.
 */
int run_monitor(int count, wchar_t **arguments);
