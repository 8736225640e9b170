/* A program of Node: how its command line is made, and how it is started. */
#pragma once
#include <stdbool.h>
#include <windows.h>

/** As long as Windows lets a command line be. */
#define COMMAND_LENGTH 32767

/** Adds one argument to a command line of COMMAND_LENGTH, quoted so that it is read as it is. Returns false when it does not fit. */
bool append_argument(wchar_t *command, const wchar_t *argument);

typedef struct {
  /** Where its node.exe is. */
  const wchar_t *folder;
  /** COMMAND_LENGTH. */
  wchar_t *command;
  /** NULL = where this program does. */
  const wchar_t *runs_in;
} NodeProgram;

/** Starts one with these streams, suspended. Returns false with an error of Windows. */
bool create_node(const NodeProgram *program, STARTUPINFOW *streams, DWORD how, PROCESS_INFORMATION *started);

/** Has one that was created begin. Returns its handle. */
HANDLE resume(const PROCESS_INFORMATION *started);

/** Has a process end with this one, however this one ends. Returns false with an error of Windows. */
bool end_with_host(HANDLE process);

/** Runs one to its end on the standard streams of this program. Returns an error of Windows, 0 = none, with its exit code. */
DWORD run_node(const NodeProgram *program, DWORD *exit_code);
