/* The entry of the service in Windows: entered again, it is put right. */
#pragma once
#include "places.h"

/** Has Windows stop the service and waits for it; one that is not there has stopped. Returns an error of Windows, 0 = none. */
DWORD stop_service(void);

/** Starts it as it was entered. Returns an error of Windows, 0 = none; there is one where it was not. */
DWORD start_service(void);

/**
 * Enters the service with its failure actions, or puts the entry right, and starts it, anew where that is wanted. Returns an error of
 * Windows, 0 = none.
 */
DWORD enter_service(const Places *places, bool is_restarted);

/** Stops the service and takes its entry away, which may have gone already. Returns an error of Windows, 0 = none. */
DWORD remove_service(void);
