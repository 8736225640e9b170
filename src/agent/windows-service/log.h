/* One log for the host and its agent, which is rotated while they run. */
#pragma once
#include "text.h"

/** Opens the log of a data folder. Returns false when it cannot be: later lines are tried all the same. */
bool open_log(const wchar_t *data_folder);

/** Appends what the agent printed; what cannot be written is lost. */
void append_log(const char *bytes, DWORD count);

/** Appends a line of the host in the form of the agent's: JSON, with the time in ms UTC. Its words need no escaping. */
void note(const char *format, ...);
