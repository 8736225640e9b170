/*
 * poswatch-agent.exe: what of the agent has to be native. Windows starts it as a service, and the agent asks it what Windows
 * knows of other services.
 *
 *   poswatch-agent.exe install-service --data FOLDER
 *   poswatch-agent.exe remove-service
 *   poswatch-agent.exe service --data FOLDER    run by the service manager
 *   poswatch-agent.exe service-state NAME…      prints one line of JSON of the first that is installed
 */
#include "installation.h"
#include "service-state.h"
#include "service.h"

#define EXIT_USAGE 2

static bool find_program_folder(wchar_t *folder) {
  DWORD length = GetModuleFileNameW(NULL, folder, PATH_LENGTH);
  wchar_t *end = length > 0 && length < PATH_LENGTH ? wcsrchr(folder, L'\\') : NULL;
  if (end) *end = 0;
  return end != NULL;
}

int wmain(int count, wchar_t **arguments) {
  wchar_t program_folder[PATH_LENGTH];
  const wchar_t *command = count > 1 ? arguments[1] : L"";
  if (!find_program_folder(program_folder)) return EXIT_USAGE;
  bool has_data = count == 4 && wcscmp(arguments[2], L"--data") == 0;
  if (has_data && wcscmp(command, L"service") == 0) return (int)run_service(program_folder, arguments[3]);
  if (has_data && wcscmp(command, L"install-service") == 0)
    return (int)install_service(program_folder, arguments[3]);
  if (count == 2 && wcscmp(command, L"remove-service") == 0) return (int)remove_service();
  if (count > 2 && wcscmp(command, L"service-state") == 0) return (int)print_service_state(count - 2, arguments + 2);
  print(L"poswatch-agent.exe install-service --data FOLDER | remove-service | service-state NAME…\n");
  return EXIT_USAGE;
}
