#include "account-profile.h"
#include "folder-access.h"
#include <sddl.h>

#define PROFILES L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
/** A service calls it so, but no account has that name. */
#define LOCAL_SYSTEM L"LocalSystem"
#define OF_THIS_MACHINE L".\\"

static bool find_sid(const wchar_t *account, PSID sid) {
  wchar_t machine[MAX_COMPUTERNAME_LENGTH + 1], name[PATH_LENGTH], domain[ACCOUNT_LENGTH];
  DWORD size = SECURITY_MAX_SID_SIZE, machine_length = MAX_COMPUTERNAME_LENGTH + 1, domain_length = ACCOUNT_LENGTH;
  SID_NAME_USE use;
  if (_wcsicmp(account, LOCAL_SYSTEM) == 0) return CreateWellKnownSid(WinLocalSystemSid, NULL, sid, &size);
  bool is_local = wcsncmp(account, OF_THIS_MACHINE, wcslen(OF_THIS_MACHINE)) == 0;
  if (is_local && !GetComputerNameW(machine, &machine_length)) return false;
  bool does_fit = is_local ? format_path(name, L"%ls%ls", machine, account + 1) : format_path(name, L"%ls", account);
  return does_fit && LookupAccountNameW(NULL, name, sid, &size, domain, &domain_length, &use);
}

void find_account_profile(const wchar_t *account, wchar_t *folder) {
  BYTE sid[SECURITY_MAX_SID_SIZE];
  wchar_t key[PATH_LENGTH], *digits = NULL;
  DWORD bytes = PATH_LENGTH * sizeof *folder;
  folder[0] = 0;
  if (!find_sid(account, sid) || !ConvertSidToStringSidW(sid, &digits)) return;
  // What the registry has with names of variables comes with their values.
  bool is_known = format_path(key, PROFILES L"\\%ls", digits) &&
                  RegGetValueW(HKEY_LOCAL_MACHINE, key, L"ProfileImagePath", RRF_RT_REG_SZ, NULL, folder, &bytes) == NO_ERROR;
  if (!is_known) folder[0] = 0;
  LocalFree(digits);
}
