#include "agent-process.h"
#include "log.h"
#include "versions.h"

#define READ_BYTES 4096
#define OUTPUT_ENDS_WITHIN_MS 2000
/** As long as Windows lets one be. */
#define COMMAND_LENGTH 32767
/** As `npm run agent` has them: beside a POS server memory is dearer than time. */
#define FLAGS L"--max-semi-space-size=1 --optimize-for-size --no-concurrent-recompilation"

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

static DWORD WINAPI read_output(void *output) {
  char bytes[READ_BYTES];
  DWORD count = 0;
  while (ReadFile(output, bytes, sizeof bytes, &count, NULL) && count > 0) append_log(bytes, count);
  CloseHandle(output);
  return 0;
}

/** The ends of the standard streams: those of the host, and those that the agent inherits. */
typedef struct {
  HANDLE input, agent_input, output, agent_output;
} Pipes;

static void close_pipe(HANDLE *end) {
  if (*end) CloseHandle(*end);
  *end = NULL;
}

static void close_pipes(Pipes *pipes) {
  close_pipe(&pipes->input);
  close_pipe(&pipes->agent_input);
  close_pipe(&pipes->output);
  close_pipe(&pipes->agent_output);
}

static bool open_pipes(Pipes *pipes) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  return CreatePipe(&pipes->agent_input, &pipes->input, &inherited, 0) &&
         CreatePipe(&pipes->output, &pipes->agent_output, &inherited, 0) &&
         SetHandleInformation(pipes->input, HANDLE_FLAG_INHERIT, 0) &&
         SetHandleInformation(pipes->output, HANDLE_FLAG_INHERIT, 0);
}

/** Quotes one argument so that the agent reads it as it is: backslashes count only before a quotation mark. */
static bool append_argument(wchar_t *command, const wchar_t *argument) {
  wchar_t *to = command + wcslen(command);
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

/** The command line of the agent, COMMAND_LENGTH, without a command of its own. */
static bool agent_command(wchar_t *command, const Places *places, const wchar_t *version) {
  return swprintf(command, COMMAND_LENGTH,
                  L"\"%ls\\node.exe\" " FLAGS L" \"%ls\\versions\\%ls\\agent.cjs\" --config \"%ls\\agent.json\"",
                  places->program, places->program, version, places->data) > 0;
}

/** Starts a process that inherits these streams; it is suspended. */
static bool create(const Places *places, wchar_t *command, STARTUPINFOW *streams, DWORD how, PROCESS_INFORMATION *started) {
  wchar_t node[PATH_LENGTH];
  streams->cb = sizeof *streams;
  streams->dwFlags = STARTF_USESTDHANDLES;
  SetEnvironmentVariableW(L"POSWATCH_HOST", L"1");
  // Whoever may set them for another account shall not say what the agent loads.
  SetEnvironmentVariableW(L"NODE_OPTIONS", NULL);
  SetEnvironmentVariableW(L"NODE_PATH", NULL);
  return format_path(node, L"%ls\\node.exe", places->program) &&
         CreateProcessW(node, command, NULL, NULL, TRUE, how | CREATE_SUSPENDED, NULL, places->program, streams, started);
}

static HANDLE resume(const PROCESS_INFORMATION *started) {
  ResumeThread(started->hThread);
  CloseHandle(started->hThread);
  return started->hProcess;
}

bool start_agent(AgentProcess *agent, const Places *places, const wchar_t *version) {
  static wchar_t command[COMMAND_LENGTH];
  PROCESS_INFORMATION started;
  Pipes pipes = {0};
  ZeroMemory(agent, sizeof *agent);
  bool is_open = agent_command(command, places, version) && open_pipes(&pipes);
  STARTUPINFOW streams = {.hStdInput = pipes.agent_input, .hStdOutput = pipes.agent_output, .hStdError = pipes.agent_output};
  if (!is_open || !create(places, command, &streams, CREATE_NO_WINDOW, &started)) {
    note("the agent cannot be started: error %lu", GetLastError());
    close_pipes(&pipes);
    return false;
  }
  if (!AssignProcessToJobObject(job(), started.hProcess))
    note("the agent would not end with the host: error %lu", GetLastError());
  agent->process = resume(&started);
  close_pipe(&pipes.agent_input);
  close_pipe(&pipes.agent_output);
  agent->input = pipes.input;
  agent->output_reader = CreateThread(NULL, 0, read_output, pipes.output, 0, NULL);
  // Nobody reads what it prints: it gets an error instead of waiting.
  if (!agent->output_reader) close_pipe(&pipes.output);
  return true;
}

/** What Ctrl+C ends is the agent; this program then tells how. */
static BOOL WINAPI leave_to_agent(DWORD event) { return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT; }

DWORD run_agent_command(const Places *places, int count, const wchar_t **arguments, DWORD *exit_code) {
  static wchar_t command[COMMAND_LENGTH];
  wchar_t version[VERSION_LENGTH];
  PROCESS_INFORMATION started;
  STARTUPINFOW streams = {.hStdInput = GetStdHandle(STD_INPUT_HANDLE),
                          .hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE),
                          .hStdError = GetStdHandle(STD_ERROR_HANDLE)};
  if (!current_version(places->program, version)) return ERROR_FILE_NOT_FOUND;
  if (!agent_command(command, places, version)) return ERROR_FILENAME_EXCED_RANGE;
  for (int number = 0; number < count; number++)
    if (!append_argument(command, arguments[number])) return ERROR_FILENAME_EXCED_RANGE;
  SetConsoleCtrlHandler(leave_to_agent, TRUE);
  if (!create(places, command, &streams, 0, &started)) return GetLastError();
  HANDLE process = resume(&started);
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, exit_code);
  CloseHandle(process);
  return NO_ERROR;
}

void ask_to_stop(AgentProcess *agent) {
  if (agent->input) CloseHandle(agent->input);
  agent->input = NULL;
}

DWORD bury_agent(AgentProcess *agent) {
  DWORD exit_code = 0;
  ask_to_stop(agent);
  GetExitCodeProcess(agent->process, &exit_code);
  // What it started may keep its output open.
  if (agent->output_reader) WaitForSingleObject(agent->output_reader, OUTPUT_ENDS_WITHIN_MS);
  if (agent->output_reader) CloseHandle(agent->output_reader);
  CloseHandle(agent->process);
  return exit_code;
}
