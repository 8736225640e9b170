/* Puts the agent on a machine, and takes it away; both can be repeated, and say in Russian what they did or what to do. */
#pragma once
#include "places.h"

/**
 * Installs the package that this program lies in, or repairs what was installed: files, folders and who gets at them, the agent's
 * request to be let in, the firewall, the service. What fails leaves an agent that was there running.
 *
 * code: of the monitor that is to let the agent in; NULL = it has been let in, or is to be called at its port.
 * is_silent: what is said goes to install.log in the data folder, as nobody looks.
 *
 * Returns whether the agent works, and the firewall is as it should be.
 */
bool install(const Places *places, const wchar_t *package_folder, const wchar_t *code, bool is_silent);

/** Takes service, firewall rule and program away, and leaves what is known of the restaurant. Returns whether they are gone. */
bool uninstall(const Places *places);
