/* What has to be right before anything is installed; what is not, is said. */
#pragma once
#include "places.h"

/** Whether this Windows is new enough, and whoever installs may. */
bool is_allowed(void);

/** Whether the data folder is for SYSTEM and administrators alone now, with nothing of others in it. */
bool protect_data(const Places *places);
