#include "agent-process.h"
#include "log.h"

#define READ_BYTES 4096

/** Kills what is in it when the host ends. */
static HANDLE job(void) {
  static HANDLE job_of_host;
  if (job_of_host) return job_of_host;
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  job_of_host = CreateJobObjectW(NULL, NULL);
  SetInformationJobObject(job_of_host, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  return job_of_host;
}

static DWORD WINAPI read_output(void *output) {
  char bytes[READ_BYTES];
  DWORD count = 0;
  while (ReadFile(output, bytes, sizeof bytes, &count, NULL) && count > 0) append_log(bytes, count);
  CloseHandle(output);
  return 0;
}

/** Makes a pipe of which the agent inherits one end alone. */
static bool make_pipe(HANDLE *reader, HANDLE *writer, HANDLE *own) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  return CreatePipe(reader, writer, &inherited, 0) && SetHandleInformation(*own, HANDLE_FLAG_INHERIT, 0);
}

bool start_agent(AgentProcess *agent, const wchar_t *program, const wchar_t *data, const wchar_t *version) {
  wchar_t node[PATH_LENGTH], command[4 * PATH_LENGTH];
  HANDLE input = NULL, output = NULL, agent_input = NULL, agent_output = NULL;
  PROCESS_INFORMATION started;
  ZeroMemory(agent, sizeof *agent);
  format_path(node, L"%ls\\node.exe", program);
  swprintf(command, 4 * PATH_LENGTH,
           L"\"%ls\" --max-semi-space-size=4 \"%ls\\versions\\%ls\\agent.cjs\" --config \"%ls\\agent.json\"", node,
           program, version, data);
  SetEnvironmentVariableW(L"POSWATCH_HOST", L"1");
  if (!make_pipe(&agent_input, &input, &input) || !make_pipe(&output, &agent_output, &output)) {
    note("no pipe to the agent: error %lu", GetLastError());
    return false;
  }
  STARTUPINFOW how = {.cb = sizeof how};
  how.dwFlags = STARTF_USESTDHANDLES;
  how.hStdInput = agent_input;
  how.hStdOutput = agent_output;
  how.hStdError = agent_output;
  BOOL is_started = CreateProcessW(node, command, NULL, NULL, TRUE, CREATE_NO_WINDOW | CREATE_SUSPENDED, NULL, data,
                                   &how, &started);
  DWORD error = GetLastError();
  CloseHandle(agent_input);
  CloseHandle(agent_output);
  if (!is_started) {
    CloseHandle(input);
    CloseHandle(output);
    note("the agent cannot be started: error %lu", error);
    return false;
  }
  AssignProcessToJobObject(job(), started.hProcess);
  ResumeThread(started.hThread);
  CloseHandle(started.hThread);
  agent->process = started.hProcess;
  agent->input = input;
  agent->output_reader = CreateThread(NULL, 0, read_output, output, 0, NULL);
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
  WaitForSingleObject(agent->output_reader, 2000);
  CloseHandle(agent->output_reader);
  CloseHandle(agent->process);
  return exit_code;
}
