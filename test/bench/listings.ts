/** Addresses of `/pos-servers` that together use every filter, sort and search. */
export const LISTINGS: Record<string, string> = {
  "as it opens": "",
  "exchanging ones hidden": "hideSynced=1",
  "one organization": "organization=17",
  "two hours": "period=2&unit=hours",
  "any period": "period=3650&unit=days",
  "outside the period": "scope=outside",
  parked: "scope=parked",
  "one state, common": "state=synced",
  "one state, rare": "state=sync_error",
  unsupported: "state=unsupported",
  "one cause":
    "cause=%D0%BD%D0%B0%D1%80%D1%83%D1%88%D0%B5%D0%BD%D0%B0+%D1%86%D0%B5%D0%BB%D0%BE%D1%81%D1%82%D0%BD%D0%BE%D1%81%D1%82%D1%8C+%D0%B1%D0%B0%D0%B7%D1%8B",
  "search by name, many found": "q=%D0%9B%D0%95%D0%9D%D0%98%D0%9D%D0%90",
  "search by address, one found": "q=pos-77777.chain",
  "search by error": "q=%D1%86%D0%B5%D0%BB%D0%BE%D1%81%D1%82%D0%BD%D0%BE%D1%81%D1%82%D1%8C",
  "search by words of a failure": "q=%D0%BD%D0%B5+%D0%BF%D1%80%D0%B8%D0%BD%D0%B8%D0%BC%D0%B0%D0%B5%D1%82",
  "search, nothing found": "q=nothing-of-the-kind",
  "last page": "page=1000",
  ...Object.fromEntries(
    ["organization", "name", "version", "lastUpdateAt", "lastSyncAt", "error"].flatMap((column) => [
      [`sorted by ${column}`, `sort=${column}`],
      [`sorted by ${column}, descending`, `sort=-${column}`],
    ]),
  ),
  "all at once": "organization=17&hideSynced=1&q=POS&sort=-lastSyncAt&period=2&unit=hours",
};
