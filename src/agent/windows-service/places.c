#include "places.h"
#include "product.h"
#include <initguid.h>
#include <knownfolders.h>
#include <shlobj.h>

static bool find(const KNOWNFOLDERID *id, wchar_t *folder) {
  wchar_t *known = NULL;
  bool is_known = SHGetKnownFolderPath(id, 0, NULL, &known) == S_OK && format_path(folder, L"%ls\\%ls", known, product->folder);
  CoTaskMemFree(known);
  return is_known;
}

bool find_places(Places *places) {
  return find(&FOLDERID_ProgramFiles, places->program) && find(&FOLDERID_ProgramData, places->data);
}

bool find_own_folder(wchar_t *folder) {
  DWORD length = GetModuleFileNameW(NULL, folder, PATH_LENGTH);
  wchar_t *end = length > 0 && length < PATH_LENGTH ? wcsrchr(folder, L'\\') : NULL;
  if (end) *end = 0;
  return end != NULL;
}
