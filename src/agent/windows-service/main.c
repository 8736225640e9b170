/*
 * poswatch-agent.exe: what of the agent has to be native. Windows starts it as a service, and the agent asks it what Windows
 * knows of other services. It ends with 0, with 1 and a sentence of Windows, or with 2 when the command line is wrong.
 */
#include "installation.h"
#include "service-state.h"
#include "service.h"

#define EXIT_FAILED 1
#define EXIT_USAGE 2
#define MAX_SENTENCE 512
#define USAGE \
  L"poswatch-agent.exe install-service --data FOLDER   enter the service, or put it right, and start it\n" \
  L"poswatch-agent.exe remove-service                  stop it and take it away; its files stay\n" \
  L"poswatch-agent.exe service-state NAME...           what Windows knows of the first that is installed\n" \
  L"poswatch-agent.exe service-version NAME...         of the program of the first that is installed\n" \
  L"poswatch-agent.exe service --data FOLDER           for Windows alone\n"

static bool find_program_folder(wchar_t *folder) {
  DWORD length = GetModuleFileNameW(NULL, folder, PATH_LENGTH);
  wchar_t *end = length > 0 && length < PATH_LENGTH ? wcsrchr(folder, L'\\') : NULL;
  if (end) *end = 0;
  return end != NULL;
}

static int tell(DWORD error) {
  wchar_t sentence[MAX_SENTENCE];
  if (error == NO_ERROR) return 0;
  if (!FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, sentence, MAX_SENTENCE,
                      NULL))
    swprintf(sentence, MAX_SENTENCE, L"\n");
  print(L"%lu: %ls", error, sentence);
  return EXIT_FAILED;
}

int wmain(int count, wchar_t **arguments) {
  wchar_t program_folder[PATH_LENGTH];
  const wchar_t *command = count > 1 ? arguments[1] : L"";
  bool has_data = count == 4 && wcscmp(arguments[2], L"--data") == 0;
  if (!find_program_folder(program_folder)) return tell(ERROR_FILENAME_EXCED_RANGE);
  if (has_data && wcscmp(command, L"service") == 0) return tell(run_service(program_folder, arguments[3]));
  if (has_data && wcscmp(command, L"install-service") == 0)
    return tell(install_service(program_folder, arguments[3]));
  if (count == 2 && wcscmp(command, L"remove-service") == 0) return tell(remove_service());
  if (count > 2 && wcscmp(command, L"service-state") == 0) return tell(print_service_state(count - 2, arguments + 2));
  if (count > 2 && wcscmp(command, L"service-version") == 0)
    return tell(print_service_version(count - 2, arguments + 2));
  print(USAGE);
  return EXIT_USAGE;
}
