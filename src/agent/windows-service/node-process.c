#include "node-process.h"
#include "text.h"

/** What is in it ends with the host. NULL = Windows gives none. */
static HANDLE job(void) {
  static HANDLE job_of_host;
  if (job_of_host) return job_of_host;
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  HANDLE made = CreateJobObjectW(NULL, NULL);
  if (made && SetInformationJobObject(made, JobObjectExtendedLimitInformation, &limits, sizeof limits))
    return job_of_host = made;
  if (made) CloseHandle(made);
  return NULL;
}

bool end_with_host(HANDLE process) { return AssignProcessToJobObject(job(), process); }

bool append_argument(wchar_t *command, const wchar_t *argument) {
  wchar_t *to = command + wcslen(command);
  // Backslashes count only before a quotation mark.
  size_t backslashes = 0;
  if (wcslen(command) + 2 * wcslen(argument) + 4 > COMMAND_LENGTH) return false;
  *to++ = L' ';
  *to++ = L'"';
  for (const wchar_t *from = argument;; from++) {
    if (*from == L'"' || *from == 0)
      for (; backslashes > 0; backslashes--) *to++ = L'\\';
    if (*from == 0) break;
    if (*from == L'"') *to++ = L'\\';
    backslashes = *from == L'\\' ? backslashes + 1 : 0;
    *to++ = *from;
  }
  *to++ = L'"';
  *to = 0;
  return true;
}

bool create_node(const NodeProgram *program, STARTUPINFOW *streams, DWORD how, PROCESS_INFORMATION *started) {
  wchar_t node[PATH_LENGTH];
  streams->cb = sizeof *streams;
  streams->dwFlags = STARTF_USESTDHANDLES;
  // Whoever may set them for another account shall not say what it loads.
  SetEnvironmentVariableW(L"NODE_OPTIONS", NULL);
  SetEnvironmentVariableW(L"NODE_PATH", NULL);
  return format_path(node, L"%ls\\node.exe", program->folder) &&
         CreateProcessW(node, program->command, NULL, NULL, TRUE, how | CREATE_SUSPENDED, NULL, program->runs_in, streams, started);
}

HANDLE resume(const PROCESS_INFORMATION *started) {
  ResumeThread(started->hThread);
  CloseHandle(started->hThread);
  return started->hProcess;
}

/** What Ctrl+C ends is the program; this one then tells how. */
static BOOL WINAPI leave_to_program(DWORD event) { return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT; }

DWORD run_node(const NodeProgram *program, DWORD *exit_code) {
  PROCESS_INFORMATION started;
  STARTUPINFOW streams = {.hStdInput = GetStdHandle(STD_INPUT_HANDLE),
                          .hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE),
                          .hStdError = GetStdHandle(STD_ERROR_HANDLE)};
  SetConsoleCtrlHandler(leave_to_program, TRUE);
  if (!create_node(program, &streams, 0, &started)) return GetLastError();
  end_with_host(started.hProcess);
  HANDLE process = resume(&started);
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, exit_code);
  CloseHandle(process);
  return NO_ERROR;
}
