/* The agent or the monitor as a process of the host: its standard input is how it is told to stop, its output goes to the log. */
#pragma once
#include "node-process.h"
#include "places.h"

typedef struct {
  HANDLE process;
  /** Closed to have it stop. */
  HANDLE input;
  HANDLE output_reader;
} AgentProcess;

/** The agent without a command of its own, which knows that this program has started it. Returns whether it fits. */
bool find_agent(NodeProgram *agent, const Places *places, const wchar_t *version);

/** Starts it; it ends with the host, however that ends. Returns false, with the reason in the log. */
bool start_agent(AgentProcess *agent, const Places *places, const wchar_t *version);

/** Asks it to stop, once. */
void ask_to_stop(AgentProcess *agent);

/** Frees what is left of one that has ended. Returns its exit code. */
DWORD bury_agent(AgentProcess *agent);

/**
 * Runs a command of the agent to its end, on the standard streams of this program. Returns an error of Windows, 0 = none, with the
 * exit code of the command.
 */
DWORD run_agent_command(const Places *places, int count, const wchar_t **arguments, DWORD *exit_code);
