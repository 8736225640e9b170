/* Who may get at a folder: what the agent keeps there is for SYSTEM and administrators alone. */
#pragma once
#include "text.h"

#define ACCOUNT_LENGTH 256
#define ACCOUNTS_LENGTH 1024

/** Whether this program runs with the rights of an administrator. */
bool is_administrator(void);

/** Why what is in a folder cannot be trusted: somebody else made or may change it, it is a link, or nobody can tell. */
typedef enum { TRUSTED, FOREIGN, LINK, UNREADABLE } Trust;

typedef struct {
  Trust trust;
  wchar_t path[PATH_LENGTH];
  /** Of somebody who made or may change it. */
  wchar_t account[ACCOUNT_LENGTH];
  /** Of Windows, when it cannot be read; 0 = none. */
  DWORD error;
} Finding;

/**
 * Makes a folder that SYSTEM and administrators alone get at, with all that is in it, or makes one so that is there. What somebody else
 * has put there is found, and then nothing is left to be trusted. Returns an error of Windows, 0 = none.
 */
DWORD protect_folder(const wchar_t *folder, Finding *finding);

/**
 * Finds the accounts that get at a folder beside SYSTEM, administrators and the account of this program: ACCOUNTS_LENGTH, with commas,
 * empty = none. Returns an error of Windows, 0 = none.
 */
DWORD find_other_accounts(const wchar_t *folder, wchar_t *accounts);
