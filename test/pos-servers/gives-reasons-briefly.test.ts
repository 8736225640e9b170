import t from "tap";
import type { ListedPosServer } from "../../src/monitor/filter/list-pos-servers.ts";
import { problemReason } from "../../src/monitor/pos-servers/reason-model.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";

const viewer = { user: null, organizations: "all" as const, ...presentationFor("ru", "UTC") };

function reasonOf(posServer: Partial<ListedPosServer>) {
  const known = { failureCode: null, failureDetail: null, serviceState: "running", lastSyncAt: 0 };
  return problemReason(viewer, { ...known, ...posServer } as ListedPosServer, 60_000);
}

t.test("an error is told by its cause or as it is, and its technical tail stands in the title", async (t) => {
  const damaged = "Не удалось применить изменения программы: нарушена целостность базы (guest_wallet)";
  const errors = {
    [`${damaged} [SQLITE_CORRUPT: database disk image is malformed]`]:
      "База данных повреждена, изменения программ не применяются",
    "Exchange failed ---> System.TimeoutException: timed out": "Главный сервер не ответил вовремя",
    "[12] Ошибка в блоке [7] программы": "[12] Ошибка в блоке [7] программы",
    "Ошибка 17 [E-17: no such thing]": "Ошибка 17",
    "Exchange failed ---> System.Exception: E-17": "Exchange failed",
    "Exchange failed\r\n   at Exchange.Run()": "Exchange failed",
    "[SQLITE_BUSY]": "[SQLITE_BUSY]",
  };
  for (const [syncError, text] of Object.entries(errors)) {
    t.same(reasonOf({ state: "sync_error", syncError }), { text, title: syncError }, syncError);
  }
});

t.test("what the checks or the state tell is the cause in words", async (t) => {
  const failedChecks = "main_server_dns:ENOTFOUND";
  const words = "POS-сервер не находит главный сервер по имени (DNS)";
  t.same(reasonOf({ state: "sync_error", syncError: "E-17", failedChecks }), { text: words, title: "E-17" });
  t.same(reasonOf({ state: "sync_stale", syncError: null, failedChecks }), { text: words, title: words });
  const deaf = reasonOf({ state: "not_serving", syncError: null, failedChecks: "port:refused" });
  t.equal(deaf?.text, "Служба работает, но кассам не отвечает");
  const untaught = reasonOf({ state: "sync_stale", syncError: null, unusablePatterns: "/logs/failed/0: no" });
  t.equal(untaught?.text, "Как искать обмен в логах, агент больше не знает");
});
