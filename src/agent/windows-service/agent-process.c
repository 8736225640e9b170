#include "agent-process.h"
#include "log.h"
#include "product.h"

#define READ_BYTES 4096
#define OUTPUT_ENDS_WITHIN_MS 2000
/** As `npm run agent` has them: beside a POS server memory is dearer than time. */
#define FLAGS L"--max-semi-space-size=1 --heap-growing-percent=20 --no-turbofan --optimize-for-size --no-concurrent-recompilation"

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

bool find_agent(NodeProgram *agent, const Places *places, const wchar_t *version) {
  static wchar_t command[COMMAND_LENGTH];
  wchar_t compiled[PATH_LENGTH];
  // What is compiled once takes less time and memory; it goes with its version.
  if (!format_path(compiled, L"%ls\\versions\\%ls\\compiled", places->program, version)) return false;
  SetEnvironmentVariableW(L"NODE_COMPILE_CACHE", compiled);
  SetEnvironmentVariableW(L"POSWATCH_HOST", L"1");
  *agent = (NodeProgram){places->program, command, places->program};
  return swprintf(command, COMMAND_LENGTH,
                  L"\"%ls\\node.exe\" " FLAGS L" \"%ls\\versions\\%ls\\agent.cjs\" --config \"%ls\\agent.json\"",
                  places->program, places->program, version, places->data) > 0;
}

bool start_agent(AgentProcess *agent, const Places *places, const wchar_t *version) {
  NodeProgram program;
  PROCESS_INFORMATION started;
  Pipes pipes = {0};
  ZeroMemory(agent, sizeof *agent);
  bool is_open = product->find_program(&program, places, version) && open_pipes(&pipes);
  STARTUPINFOW streams = {.hStdInput = pipes.agent_input, .hStdOutput = pipes.agent_output, .hStdError = pipes.agent_output};
  if (!is_open || !create_node(&program, &streams, CREATE_NO_WINDOW, &started)) {
    note("the %s cannot be started: error %lu", product->noun, GetLastError());
    close_pipes(&pipes);
    return false;
  }
  if (!end_with_host(started.hProcess)) note("the %s would not end with the host: error %lu", product->noun, GetLastError());
  agent->process = resume(&started);
  close_pipe(&pipes.agent_input);
  close_pipe(&pipes.agent_output);
  agent->input = pipes.input;
  agent->output_reader = CreateThread(NULL, 0, read_output, pipes.output, 0, NULL);
  // Nobody reads what it prints: it gets an error instead of waiting.
  if (!agent->output_reader) close_pipe(&pipes.output);
  return true;
}

DWORD run_agent_command(const Places *places, int count, const wchar_t **arguments, DWORD *exit_code) {
  NodeProgram agent;
  wchar_t version[VERSION_LENGTH];
  if (!current_version(places->program, version)) return ERROR_FILE_NOT_FOUND;
  if (!find_agent(&agent, places, version)) return ERROR_FILENAME_EXCED_RANGE;
  for (int number = 0; number < count; number++)
    if (!append_argument(agent.command, arguments[number])) return ERROR_FILENAME_EXCED_RANGE;
  return run_node(&agent, exit_code);
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
