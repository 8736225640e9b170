/* Where an account of Windows keeps its own files. */
#pragma once
#include "text.h"

/**
 * Finds the folder of an account as a service names it (`NT SERVICE\name`, `LocalSystem`, `.\user`): PATH_LENGTH, empty = it has none yet,
 * or nobody knows the account.
 */
void find_account_profile(const wchar_t *account, wchar_t *folder);
