/* One log for the host and its agent, which is rotated while they run. */
#pragma once
#include "text.h"

/** Opens the log of a data folder. What cannot be written is lost: the agent goes on without its log. */
void open_log(const wchar_t *data_folder);

/** Appends what the agent printed. */
void append_log(const char *bytes, DWORD count);

/** Appends a line of the host in the form of the agent's: JSON, with the time in ms UTC. */
void note(const char *format, ...);
