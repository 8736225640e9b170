/* The Windows service that keeps the agent running, or the monitor. */
#pragma once
#include "places.h"

/** The agent journals what it is doing, so that nothing is lost when it is killed after that. */
#define AGENT_STOPS_WITHIN_MS 20000

/** Runs as the service until Windows stops it. Returns an error of Windows, which is 1063 when it was not started as a service. */
DWORD run_service(const Places *places);
