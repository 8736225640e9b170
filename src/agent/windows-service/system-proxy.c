#include "system-proxy.h"
#include "system-library.h"
#include <shlwapi.h>
#include <winhttp.h>

#define HOST_LENGTH 256
#define SEPARATORS L"; \t\r\n"
#define WINHTTP(name) SYSTEM_FUNCTION(L"winhttp.dll", name)

static bool is_excepted(const wchar_t *host, wchar_t *bypass) {
  wchar_t *rest, *pattern = bypass ? wcstok_s(bypass, SEPARATORS, &rest) : NULL;
  for (; pattern; pattern = wcstok_s(NULL, SEPARATORS, &rest)) {
    bool is_local = _wcsicmp(pattern, L"<local>") == 0;
    if (is_local ? !wcschr(host, L'.') : PathMatchSpecW(host, pattern)) return true;
  }
  return false;
}

/** One for all, or for each kind of address: `http=one:80;https=other:3128`. */
static void print_first(wchar_t *proxies) {
  wchar_t *rest, *proxy = proxies ? wcstok_s(proxies, SEPARATORS, &rest) : NULL;
  for (; proxy; proxy = wcstok_s(NULL, SEPARATORS, &rest)) {
    const wchar_t *value = wcschr(proxy, L'=');
    if (value && (_wcsnicmp(proxy, L"https=", 6) != 0 || value[1] == 0)) continue;
    print(L"%ls\n", value ? value + 1 : proxy);
    return;
  }
}

static void print_unless_excepted(const wchar_t *host, wchar_t *proxies, wchar_t *bypass) {
  if (!is_excepted(host, bypass)) print_first(proxies);
}

/** Whether Windows' own programs are to go through a proxy. */
static bool print_default(const wchar_t *host) {
  WINHTTP_PROXY_INFO info = {0};
  __typeof__(&WinHttpGetDefaultProxyConfiguration) read = WINHTTP(WinHttpGetDefaultProxyConfiguration);
  if (!read || !read(&info)) return false;
  bool is_named = info.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY && info.lpszProxy;
  if (is_named) print_unless_excepted(host, info.lpszProxy, info.lpszProxyBypass);
  GlobalFree(info.lpszProxy);
  GlobalFree(info.lpszProxyBypass);
  return is_named;
}

/** Asks the script of the account's settings. */
static DWORD print_by_script(const wchar_t *url, const wchar_t *script) {
  WINHTTP_AUTOPROXY_OPTIONS options = {
      .dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL, .lpszAutoConfigUrl = script, .fAutoLogonIfChallenged = TRUE};
  WINHTTP_PROXY_INFO info = {0};
  __typeof__(&WinHttpOpen) open = WINHTTP(WinHttpOpen);
  __typeof__(&WinHttpGetProxyForUrl) find = WINHTTP(WinHttpGetProxyForUrl);
  __typeof__(&WinHttpCloseHandle) close = WINHTTP(WinHttpCloseHandle);
  if (!open || !find || !close) return ERROR_PROC_NOT_FOUND;
  HINTERNET session = open(L"Poswatch", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
  if (!session) return GetLastError();
  DWORD error = find(session, url, &options, &info) ? NO_ERROR : GetLastError();
  if (error == NO_ERROR && info.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY) print_first(info.lpszProxy);
  GlobalFree(info.lpszProxy);
  GlobalFree(info.lpszProxyBypass);
  close(session);
  return error;
}

static DWORD print_of_account(const wchar_t *url, const wchar_t *host) {
  WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config = {0};
  __typeof__(&WinHttpGetIEProxyConfigForCurrentUser) read = WINHTTP(WinHttpGetIEProxyConfigForCurrentUser);
  DWORD error = NO_ERROR;
  // An account may have none at all.
  if (!read || !read(&config)) return NO_ERROR;
  if (config.lpszAutoConfigUrl) error = print_by_script(url, config.lpszAutoConfigUrl);
  else if (config.lpszProxy) print_unless_excepted(host, config.lpszProxy, config.lpszProxyBypass);
  GlobalFree(config.lpszAutoConfigUrl);
  GlobalFree(config.lpszProxy);
  GlobalFree(config.lpszProxyBypass);
  return error;
}

DWORD print_system_proxy(const wchar_t *url) {
  wchar_t host[HOST_LENGTH];
  URL_COMPONENTS parts = {.dwStructSize = sizeof parts, .lpszHostName = host, .dwHostNameLength = HOST_LENGTH};
  __typeof__(&WinHttpCrackUrl) split = WINHTTP(WinHttpCrackUrl);
  if (!split) return ERROR_PROC_NOT_FOUND;
  if (!split(url, 0, 0, &parts)) return GetLastError();
  return print_default(host) ? NO_ERROR : print_of_account(url, host);
}
