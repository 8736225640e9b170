#include "product.h"
#include "agent-process.h"
#include "monitor-program.h"
#include "texts.h"

static bool find_agent_version(const Places *places, wchar_t *version) { return current_version(places->program, version); }

static const Product AGENT = {
  .noun = "agent",
  .folder = L"Poswatch",
  .host = L"poswatch-agent.exe",
  .named_by = L"current.txt",
  .service = L"PoswatchAgent",
  .title = TEXT_SERVICE_NAME,
  .description = TEXT_SERVICE_DESCRIPTION,
  .find_version = find_agent_version,
  .find_wanted = find_agent_version,
  .longest_delay_ms = 60000,
  .find_program = find_agent,
};

static const Product MONITOR = {
  .noun = "monitor",
  .folder = L"Poswatch Monitor",
  .host = L"poswatch.exe",
  .named_by = L"version.txt",
  .service = L"Poswatch",
  .title = TEXT_MONITOR_NAME,
  .description = TEXT_MONITOR_DESCRIPTION,
  .find_version = find_monitor_version,
  .find_wanted = find_wanted_monitor,
  .longest_delay_ms = 5000,
  .find_program = find_monitor_service,
};

const Product *product = &AGENT;

void become_monitor(void) { product = &MONITOR; }
