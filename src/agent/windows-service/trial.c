#include "trial.h"

/** While the machine was awake. */
#ifndef TRIAL_MS
#define TRIAL_MS 600000
#endif

static wchar_t tried[VERSION_LENGTH];
static ULONGLONG tried_since;

static ULONGLONG awake_milliseconds(void) {
  ULONGLONG steps = 0; // of 100 ns
  QueryUnbiasedInterruptTime(&steps);
  return steps / 10000;
}

DWORD trial_left(const wchar_t *folder, const wchar_t *version) {
  if (!is_on_trial(folder, version)) return INFINITE;
  if (wcscmp(tried, version) != 0) tried_since = awake_milliseconds();
  wcscpy(tried, version);
  ULONGLONG used = awake_milliseconds() - tried_since;
  return used < TRIAL_MS ? (DWORD)(TRIAL_MS - used) : 0;
}

void forget_trial(void) { tried[0] = 0; }
