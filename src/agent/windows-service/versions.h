/* Which agent.cjs is run, and when the one before is taken again: small files beside the program, which an update writes too. */
#pragma once
#include "files.h"

#define VERSION_LENGTH 64

/** Reads what `name.txt` in a folder names, as a part of a path; empty unless LINE_READ. */
LineRead read_version(const wchar_t *folder, const wchar_t *name, wchar_t *version);

/** The version to start, a folder under `versions`; where current.txt is empty, the confirmed or the packaged one. False = none. */
bool current_version(const wchar_t *program_folder, wchar_t *version);

/** Whether the current version and what runs it are still there, so that it takes commands. */
bool has_agent(const wchar_t *program_folder);

/** Whether a version has once served a monitor, so that it is kept whatever happens to it; true as well while that cannot be read. */
bool may_be_confirmed(const wchar_t *program_folder, const wchar_t *version);

/** Whether an update has brought a version that has not served a monitor yet, so that it has to in time. */
bool is_on_trial(const wchar_t *program_folder, const wchar_t *version);

/**
 * Takes the version before in place of one that never confirmed itself, and remembers that one as rejected.
 * Returns false, with the current version as it was, when there is none to go back to, or that cannot be written.
 */
bool fall_back(const wchar_t *program_folder, wchar_t *version);

/** Whether a later package is installed than this one. */
bool is_older_package(const wchar_t *package_folder, const wchar_t *program_folder);

/**
 * Takes the version of a package, unless an update has brought a later one: puts it in its place and names it the current one. Returns
 * an error of Windows, 0 = none.
 */
DWORD take_packaged_version(const wchar_t *package_folder, const wchar_t *program_folder);
