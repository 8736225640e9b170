#include "admission.h"
#include "folder-access.h"
#include "texts.h"

#define OLDEST_WINDOWS 10

/** The version that is told to programs without a manifest may be an older one. */
static bool is_new_enough(void) {
  typedef LONG(WINAPI * GetVersion)(OSVERSIONINFOW *);
  OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
  GetVersion get_version = (GetVersion)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
  return get_version && get_version(&version) == 0 && version.dwMajorVersion >= OLDEST_WINDOWS;
}

bool is_allowed(void) {
  if (!is_new_enough()) print(TEXT_OLD_WINDOWS);
  else if (!is_administrator()) print(TEXT_NOT_ADMINISTRATOR);
  else return true;
  return false;
}

bool protect_data(const Places *places) {
  static Finding finding;
  DWORD error = protect_folder(places->data, &finding);
  if (error != NO_ERROR) print(TEXT_NOT_PROTECTED, places->data, describe_error(error));
  else if (finding.trust == FOREIGN) print(TEXT_FOREIGN, finding.path, finding.account);
  else if (finding.trust == LINK) print(TEXT_LINK, finding.path);
  else if (finding.trust == UNREADABLE) print(TEXT_UNREADABLE, finding.path, describe_error(finding.error));
  return error == NO_ERROR && finding.trust == TRUSTED;
}
