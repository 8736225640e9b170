#include "folder-access.h"
#include <aclapi.h>
#include <sddl.h>

/** Owned by administrators; nothing inherited; SYSTEM and administrators may do everything, in what is below too. */
#define FOR_ADMINISTRATORS L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"

static bool is_well_known(PSID account, WELL_KNOWN_SID_TYPE type) { return account && IsWellKnownSid(account, type); }

static bool is_own(PSID account) {
  BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  TOKEN_USER *user = (TOKEN_USER *)bytes;
  DWORD needed = 0;
  return GetTokenInformation(GetCurrentProcessToken(), TokenUser, user, sizeof bytes, &needed) &&
         EqualSid(user->User.Sid, account);
}

/** One who runs this as an administrator is trusted as such: Windows makes the group the owner of what administrators make. */
static bool is_trusted(PSID account) {
  return is_well_known(account, WinLocalSystemSid) || is_well_known(account, WinBuiltinAdministratorsSid) ||
         (account && is_own(account));
}

static void name_account(PSID sid, wchar_t *account) {
  wchar_t name[ACCOUNT_LENGTH / 2], domain[ACCOUNT_LENGTH / 2], *digits = NULL;
  DWORD name_length = ACCOUNT_LENGTH / 2, domain_length = ACCOUNT_LENGTH / 2;
  SID_NAME_USE use;
  account[0] = 0;
  if (sid && LookupAccountSidW(NULL, sid, name, &name_length, domain, &domain_length, &use))
    swprintf(account, ACCOUNT_LENGTH, domain[0] ? L"%ls\\%ls" : L"%ls%ls", domain, name);
  else if (sid && ConvertSidToStringSidW(sid, &digits))
    swprintf(account, ACCOUNT_LENGTH, L"%ls", digits);
  LocalFree(digits);
}

bool is_administrator(void) {
  BYTE administrators[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof administrators;
  BOOL is_member = FALSE;
  return CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size) &&
         CheckTokenMembership(NULL, administrators, &is_member) && is_member;
}

/** Whether a file, a folder or a link is none of an administrator's. */
static bool is_foreign(const wchar_t *path, DWORD attributes, wchar_t *account) {
  PSID owner = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  account[0] = 0;
  if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) return true;
  DWORD error = GetNamedSecurityInfoW(path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &descriptor);
  bool is_trusted_owner = error == NO_ERROR && is_trusted(owner);
  if (!is_trusted_owner) name_account(owner, account);
  LocalFree(descriptor);
  return !is_trusted_owner;
}

static bool find_foreign_below(const wchar_t *folder, wchar_t *path, wchar_t *account);

static bool find_foreign_at(const wchar_t *at, DWORD attributes, wchar_t *path, wchar_t *account) {
  if (is_foreign(at, attributes, account)) return format_path(path, L"%ls", at);
  return (attributes & FILE_ATTRIBUTE_DIRECTORY) && find_foreign_below(at, path, account);
}

static bool find_foreign_below(const wchar_t *folder, wchar_t *path, wchar_t *account) {
  wchar_t pattern[PATH_LENGTH], at[PATH_LENGTH];
  WIN32_FIND_DATAW entry;
  bool is_found = false;
  if (!format_path(pattern, L"%ls\\*", folder)) return false;
  HANDLE search = FindFirstFileW(pattern, &entry);
  if (search == INVALID_HANDLE_VALUE) return false;
  do {
    bool is_itself = wcscmp(entry.cFileName, L".") == 0 || wcscmp(entry.cFileName, L"..") == 0;
    if (!is_itself && format_path(at, L"%ls\\%ls", folder, entry.cFileName))
      is_found = find_foreign_at(at, entry.dwFileAttributes, path, account);
  } while (!is_found && FindNextFileW(search, &entry));
  FindClose(search);
  return is_found;
}

bool find_foreign_file(const wchar_t *folder, wchar_t *path, wchar_t *account) {
  DWORD attributes = GetFileAttributesW(folder);
  return attributes != INVALID_FILE_ATTRIBUTES && find_foreign_at(folder, attributes, path, account);
}

DWORD protect_folder(const wchar_t *folder) {
  SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes};
  PSID owner = NULL;
  PACL acl = NULL;
  BOOL is_there = FALSE, is_default = FALSE;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(FOR_ADMINISTRATORS, SDDL_REVISION_1,
                                                            &attributes.lpSecurityDescriptor, NULL))
    return GetLastError();
  DWORD error = NO_ERROR;
  if (!CreateDirectoryW(folder, &attributes) && GetLastError() != ERROR_ALREADY_EXISTS) error = GetLastError();
  if (error == NO_ERROR && (!GetSecurityDescriptorOwner(attributes.lpSecurityDescriptor, &owner, &is_default) ||
                            !GetSecurityDescriptorDacl(attributes.lpSecurityDescriptor, &is_there, &acl, &is_default)))
    error = GetLastError();
  if (error == NO_ERROR)
    error = SetNamedSecurityInfoW((wchar_t *)folder, SE_FILE_OBJECT,
                                  OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                                  owner, NULL, acl, NULL);
  LocalFree(attributes.lpSecurityDescriptor);
  return error;
}

static bool add_account(wchar_t *accounts, PSID sid) {
  wchar_t account[ACCOUNT_LENGTH];
  name_account(sid, account);
  size_t length = wcslen(accounts);
  if (wcsstr(accounts, account)) return true;
  if (length + wcslen(account) + 3 > ACCOUNTS_LENGTH) return false;
  swprintf(accounts + length, ACCOUNTS_LENGTH - length, length ? L", %ls" : L"%ls", account);
  return true;
}

/** A folder without a list allows everything to everybody. */
static void add_everybody(wchar_t *accounts) {
  BYTE everybody[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof everybody;
  if (CreateWellKnownSid(WinWorldSid, NULL, everybody, &size)) add_account(accounts, everybody);
}

DWORD find_other_accounts(const wchar_t *folder, wchar_t *accounts) {
  PACL acl = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  accounts[0] = 0;
  DWORD error = GetNamedSecurityInfoW(folder, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &acl, NULL, &descriptor);
  if (error != NO_ERROR) return error;
  if (!acl) add_everybody(accounts);
  for (DWORD number = 0; acl && number < acl->AceCount; number++) {
    ACCESS_ALLOWED_ACE *entry;
    if (!GetAce(acl, number, (void **)&entry) || entry->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
    if ((entry->Mask & FILE_ALL_ACCESS) && !is_trusted((PSID)&entry->SidStart) &&
        !add_account(accounts, (PSID)&entry->SidStart))
      break;
  }
  LocalFree(descriptor);
  return NO_ERROR;
}
