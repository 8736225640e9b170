/* How long a version that an update has brought may take until it serves the monitor, which was there to send it. */
#pragma once
#include "versions.h"

/** How much of its time a version has left, ms, however often it was started; INFINITE = it is not on trial. */
DWORD trial_left(const wchar_t *program_folder, const wchar_t *version);

/** Has the next version, or the same again, begin with all of its time. */
void forget_trial(void);
