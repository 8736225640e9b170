#include "folder-access.h"
#include <aclapi.h>
#include <sddl.h>

/** Owned by administrators; nothing inherited; SYSTEM and administrators may do everything, in what is below too. */
#define FOR_ADMINISTRATORS L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
#define CHANGES \
  (FILE_WRITE_DATA | FILE_APPEND_DATA | WRITE_DAC | WRITE_OWNER | DELETE | GENERIC_WRITE | GENERIC_ALL)

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

static bool find(Finding *finding, Trust trust, const wchar_t *path, DWORD error) {
  finding->trust = trust;
  finding->error = error;
  format_path(finding->path, L"%ls", path);
  return true;
}

/** The next one but those trusted whom a list grants one of these rights; NULL = nobody more. Without a list everybody has them. */
static PSID next_other(PACL acl, DWORD rights, DWORD *number) {
  static BYTE everybody[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof everybody;
  if (!acl && (*number)++ == 0 && CreateWellKnownSid(WinWorldSid, NULL, everybody, &size)) return everybody;
  while (acl && *number < acl->AceCount) {
    ACCESS_ALLOWED_ACE *entry;
    if (!GetAce(acl, (*number)++, (void **)&entry) || entry->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
    if ((entry->Mask & rights) && !is_trusted((PSID)&entry->SidStart)) return (PSID)&entry->SidStart;
  }
  return NULL;
}

/** Looks at one file, folder or link. Folders that others may write into are put right: what they wrote is found in them. */
static bool find_distrust(const wchar_t *path, DWORD attributes, Finding *finding) {
  PSID owner = NULL;
  PACL acl = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  DWORD number = 0;
  if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) return find(finding, LINK, path, NO_ERROR);
  DWORD error = GetNamedSecurityInfoW(path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                                      NULL, &acl, NULL, &descriptor);
  if (error != NO_ERROR) return find(finding, UNREADABLE, path, error);
  PSID writer = attributes & FILE_ATTRIBUTE_DIRECTORY ? NULL : next_other(acl, CHANGES, &number);
  PSID somebody = is_trusted(owner) ? writer : owner;
  if (somebody) {
    name_account(somebody, finding->account);
    find(finding, FOREIGN, path, NO_ERROR);
  }
  LocalFree(descriptor);
  return somebody != NULL;
}

static bool find_distrust_below(const wchar_t *folder, Finding *finding) {
  wchar_t pattern[PATH_LENGTH], path[PATH_LENGTH];
  WIN32_FIND_DATAW entry;
  bool is_found = false;
  if (!format_path(pattern, L"%ls\\*", folder)) return find(finding, UNREADABLE, folder, ERROR_FILENAME_EXCED_RANGE);
  HANDLE search = FindFirstFileW(pattern, &entry);
  if (search == INVALID_HANDLE_VALUE) return find(finding, UNREADABLE, folder, GetLastError());
  do {
    if (wcscmp(entry.cFileName, L".") == 0 || wcscmp(entry.cFileName, L"..") == 0) continue;
    if (!format_path(path, L"%ls\\%ls", folder, entry.cFileName))
      is_found = find(finding, UNREADABLE, folder, ERROR_FILENAME_EXCED_RANGE);
    else
      is_found = find_distrust(path, entry.dwFileAttributes, finding) ||
                 ((entry.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) && find_distrust_below(path, finding));
  } while (!is_found && FindNextFileW(search, &entry));
  FindClose(search);
  return is_found;
}

/** What is there is looked at twice: before what it inherits hides who could change it, and when nobody else can put more there. */
static DWORD close_folder(const wchar_t *folder, PSID owner, PACL acl, Finding *finding) {
  const SECURITY_INFORMATION all = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
  DWORD attributes = GetFileAttributesW(folder);
  if (attributes == INVALID_FILE_ATTRIBUTES) return GetLastError();
  if (find_distrust(folder, attributes, finding) || find_distrust_below(folder, finding)) return NO_ERROR;
  DWORD error = SetNamedSecurityInfoW((wchar_t *)folder, SE_FILE_OBJECT, all, owner, NULL, acl, NULL);
  if (error != NO_ERROR || find_distrust_below(folder, finding)) return error;
  error = TreeResetNamedSecurityInfoW((wchar_t *)folder, SE_FILE_OBJECT,
                                      DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, NULL, NULL, acl, NULL,
                                      FALSE, NULL, ProgressInvokeNever, NULL);
  return error == ERROR_CALL_NOT_IMPLEMENTED ? NO_ERROR : error; // Wine
}

DWORD protect_folder(const wchar_t *folder, Finding *finding) {
  SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes};
  PSID owner = NULL;
  PACL acl = NULL;
  BOOL is_there = FALSE, is_default = FALSE;
  DWORD error = NO_ERROR;
  ZeroMemory(finding, sizeof *finding);
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(FOR_ADMINISTRATORS, SDDL_REVISION_1,
                                                            &attributes.lpSecurityDescriptor, NULL))
    return GetLastError();
  if (!GetSecurityDescriptorOwner(attributes.lpSecurityDescriptor, &owner, &is_default) ||
      !GetSecurityDescriptorDacl(attributes.lpSecurityDescriptor, &is_there, &acl, &is_default))
    error = GetLastError();
  // One that was not there is safe from its first moment.
  else if (!CreateDirectoryW(folder, &attributes))
    error = GetLastError() == ERROR_ALREADY_EXISTS ? close_folder(folder, owner, acl, finding) : GetLastError();
  LocalFree(attributes.lpSecurityDescriptor);
  return error;
}

static bool has_account(const wchar_t *accounts, const wchar_t *account) {
  size_t length = wcslen(account);
  for (const wchar_t *at = wcsstr(accounts, account); at; at = wcsstr(at + 1, account))
    if (at[length] == 0 || at[length] == L',') return true;
  return false;
}

static bool add_account(wchar_t *accounts, PSID sid) {
  wchar_t account[ACCOUNT_LENGTH];
  name_account(sid, account);
  if (has_account(accounts, account)) return true;
  size_t length = wcslen(accounts);
  if (length + wcslen(account) + 3 > ACCOUNTS_LENGTH) return false;
  swprintf(accounts + length, ACCOUNTS_LENGTH - length, length ? L", %ls" : L"%ls", account);
  return true;
}

DWORD find_other_accounts(const wchar_t *folder, wchar_t *accounts) {
  PACL acl = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  accounts[0] = 0;
  DWORD error = GetNamedSecurityInfoW(folder, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &acl, NULL, &descriptor);
  if (error != NO_ERROR) return error;
  for (DWORD number = 0;;) {
    PSID other = next_other(acl, MAXDWORD, &number);
    if (!other || !add_account(accounts, other)) break;
  }
  LocalFree(descriptor);
  return NO_ERROR;
}
