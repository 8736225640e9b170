#include "agent-process.h"
#include "log.h"

#define READ_BYTES 4096
#define OUTPUT_ENDS_WITHIN_MS 2000

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

/** Returns whether it runs; it is suspended until it is in the job. */
static bool create(const wchar_t *node, wchar_t *command, const wchar_t *data, const Pipes *pipes, HANDLE *process) {
  PROCESS_INFORMATION started;
  STARTUPINFOW how = {.cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES};
  how.hStdInput = pipes->agent_input;
  how.hStdOutput = pipes->agent_output;
  how.hStdError = pipes->agent_output;
  SetEnvironmentVariableW(L"POSWATCH_HOST", L"1");
  if (!CreateProcessW(node, command, NULL, NULL, TRUE, CREATE_NO_WINDOW | CREATE_SUSPENDED, NULL, data, &how, &started))
    return false;
  if (!AssignProcessToJobObject(job(), started.hProcess))
    note("the agent would not end with the host: error %lu", GetLastError());
  ResumeThread(started.hThread);
  CloseHandle(started.hThread);
  *process = started.hProcess;
  return true;
}

bool start_agent(AgentProcess *agent, const wchar_t *program, const wchar_t *data, const wchar_t *version) {
  wchar_t node[PATH_LENGTH], command[4 * PATH_LENGTH];
  Pipes pipes = {0};
  ZeroMemory(agent, sizeof *agent);
  bool does_fit = format_path(node, L"%ls\\node.exe", program) &&
                  swprintf(command, 4 * PATH_LENGTH,
                           L"\"%ls\" --max-semi-space-size=4 \"%ls\\versions\\%ls\\agent.cjs\" --config \"%ls\\agent.json\"",
                           node, program, version, data) > 0;
  if (!does_fit || !open_pipes(&pipes) || !create(node, command, data, &pipes, &agent->process)) {
    note("the agent cannot be started: error %lu", GetLastError());
    close_pipes(&pipes);
    return false;
  }
  close_pipe(&pipes.agent_input);
  close_pipe(&pipes.agent_output);
  agent->input = pipes.input;
  agent->output_reader = CreateThread(NULL, 0, read_output, pipes.output, 0, NULL);
  // Nobody reads what it prints: it gets an error instead of waiting.
  if (!agent->output_reader) close_pipe(&pipes.output);
  return true;
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
