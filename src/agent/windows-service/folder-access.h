/* Who may get at a folder: what the agent keeps there is for SYSTEM and administrators alone. */
#pragma once
#include "text.h"

#define ACCOUNT_LENGTH 256
#define ACCOUNTS_LENGTH 1024

/** Whether this program runs with the rights of an administrator. */
bool is_administrator(void);

/**
 * Finds what somebody else than an administrator has put into a folder, or the folder itself, if it is there: its contents cannot be
 * trusted then. A link counts too, as it may lead anywhere. Returns whether there is such a thing, with its path and the account.
 */
bool find_foreign_file(const wchar_t *folder, wchar_t *path, wchar_t *account);

/** Makes a folder, unless it is there, that SYSTEM and administrators alone get at. Returns an error of Windows, 0 = none. */
DWORD protect_folder(const wchar_t *folder);

/**
 * Finds the accounts that get at a folder beside SYSTEM, administrators and the account of this program: ACCOUNTS_LENGTH, with commas,
 * empty = none. Returns an error of Windows, 0 = none.
 */
DWORD find_other_accounts(const wchar_t *folder, wchar_t *accounts);
