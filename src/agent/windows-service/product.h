/* Which of the two programs this is: the agent, or under the name poswatch.exe the monitor. They share all that is native. */
#pragma once
#include "node-process.h"
#include "places.h"
#include "versions.h"

typedef struct {
  /** In the log, and the log's own name. */
  const char *noun;
  /** In the folders of programs and of their data. */
  const wchar_t *folder;
  /** This program, as it is installed. */
  const wchar_t *host;
  /** The file beside it that names the version to run. */
  const wchar_t *named_by;
  const wchar_t *service, *title, *description;
  /** Which version is to run. Returns false where none is named. */
  bool (*find_version)(const Places *places, wchar_t *version);
  /** Which one is wanted: another one than runs where that is to give way. Returns false where none is named. */
  bool (*find_wanted)(const Places *places, wchar_t *version);
  /** Between two starts of one that does not work. */
  DWORD longest_delay_ms;
  /** How it is run as the service. Returns false where its command line does not fit. */
  bool (*find_program)(NodeProgram *program, const Places *places, const wchar_t *version);
} Product;

/** The agent, unless it has become the monitor. */
extern const Product *product;

void become_monitor(void);
