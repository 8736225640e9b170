/* The agent as a process of the host: its standard input is how it is told to stop, its output goes to the log. */
#pragma once
#include "text.h"

typedef struct {
  HANDLE process;
  /** Closed to have it stop. */
  HANDLE input;
  HANDLE output_reader;
} AgentProcess;

/** Starts it; it ends with the host, however that ends. Returns false, with the reason in the log. */
bool start_agent(AgentProcess *agent, const wchar_t *program_folder, const wchar_t *data_folder, const wchar_t *version);

/** Asks it to stop, once. */
void ask_to_stop(AgentProcess *agent);

/** Frees what is left of one that has ended. Returns its exit code. */
DWORD bury_agent(AgentProcess *agent);
