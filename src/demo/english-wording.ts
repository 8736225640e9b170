import { SERVICE_NAME } from "./chain.ts";
import type { ExchangeFailure, LogWording } from "./log-wording.ts";
import { entryOf } from "./russian-wording.ts";

const LEVEL_WIDTH = 5;
const EXCHANGE_FAILED = "Error while exchanging with server";

const service = entryOf(" 1");
const exchange = entryOf(" 7");
const till = entryOf("48");
const eventLoop = entryOf("Event Loop 1");

const DATABASE_TRACE = [
  "   at System.Data.SQLite.SQLite3.Reset(SQLiteStatement stmt)",
  "   at System.Data.SQLite.SQLiteCommand.ExecuteNonQuery(CommandBehavior behavior)",
  "   at iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)",
];
const NETWORK_TRACE = [
  "   at System.Net.HttpWebRequest.GetResponse()",
  "   at iikoCard5.Pos.Exchange.MainServerClient.GetChanges(Int64 revision)",
];
const EXCHANGE_TRACE = ["   at iikoCard5.Pos.Exchange.ExchangeSession.Run(CancellationToken token)"];
const TILL_TRACE = [
  "",
  "System.TimeoutException: The request to the POS server has timed out.",
  "   at iikoCard5.Pos.Tills.TillSession.Answer(TillRequest request)",
  "   at iikoCard5.Pos.Tills.TillListener.<Listen>b__14_0(Object state)",
].join("\r\n");

/** As log4net writes with its usual layouts: `[2026-11-25 19:33:46,291]  INFO [ 1] - text`. */
export const englishWording: LogWording = {
  format(time, { level, thread, source, isOnNextLine, text }) {
    const origin = source ? `[${source}] ` : "";
    const lineEnd = isOnNextLine ? "\r\n" : "";
    return `[${time}] ${level.padStart(LEVEL_WIDTH)} [${thread}] ${origin}- ${lineEnd}${text}\r\n`;
  },
  serviceStarted: (version, crmId) =>
    service("INFO", `Service ${SERVICE_NAME} ${version} started, CrmId ${crmId}`),
  serviceStopped: () => service("INFO", `Service ${SERVICE_NAME} stopped`),
  serviceNotStarted: (reason) => service("ERROR", `Service ${SERVICE_NAME} not started: ${reason}`),
  databaseMade: (file) => service("WARN", `Database ${file} not found, a new one is made`),
  exchangeStarted: () => exchange("INFO", "Exchange started"),
  exchangeSucceeded: ({ revision, durationMs }) => [
    exchange(
      "INFO",
      `Exchange finished in ${new Date(durationMs).toISOString().slice(11, 19)}, revision ${revision}`,
    ),
  ],
  exchangeFailed: ({ failure, guest }) => {
    const isDatabase = failure.kind === "database";
    const text = [
      EXCHANGE_FAILED,
      describe(failure),
      ...(guest === null ? [] : [`   guest: ${guest}`]),
      ...(isDatabase ? DATABASE_TRACE : NETWORK_TRACE),
      ...EXCHANGE_TRACE,
    ].join("\r\n");
    if (isDatabase) return { ...eventLoop("ERROR", text), isOnNextLine: true };
    return { ...exchange("ERROR", text), source: "ExchangeSession:Run:59" };
  },
  failureAsRead: (failure) => `${EXCHANGE_FAILED}: ${describe(failure)}`,
  guest: (phone, card) => `phone ${phone}, card ${card}`,
  tillQueue: (length, megabytes) =>
    eventLoop("DEBUG", `Queue of till requests: ${length}, memory ${megabytes} MB`),
  guestSought: (number, phone) => till("DEBUG", `Till ${number}: looking for guest by phone ${phone}`),
  guestFound: (number, card, rubles) =>
    till("INFO", `Till ${number}: guest found, card ${card}, balance ${rubles}.50`),
  answerSlow: (number, tenths) => ({
    ...eventLoop("WARN", `Till ${number}: answer took longer than 2 s (2.${tenths} s)`),
    isOnNextLine: true,
  }),
  bonusesGiven: (order, rubles, card) => ({
    ...till("INFO", `Order ${order}: ${rubles}.00 bonus points added to card ${card}`),
    source: "OrderHandler:Close:118",
  }),
  requestFailed: (number, guest) => ({
    ...till("ERROR", `Till ${number}: request failed, ${guest}${TILL_TRACE}`),
    source: "TillSession:Answer:41",
  }),
};

function describe(failure: ExchangeFailure): string {
  switch (failure.kind) {
    case "database":
      return `System.Data.SQLite.SQLiteException (0x80004005): ${failure.message}`;
    case "timeout":
      return "System.Net.WebException: The operation has timed out";
    case "connection_lost":
      return "System.Net.WebException: The underlying connection was closed: The connection was closed unexpectedly.";
    case "not_connected":
      return failure.code === "ENOTFOUND"
        ? `System.Net.WebException: The remote name could not be resolved: '${failure.host}'`
        : `System.Net.WebException: Unable to connect to the remote server (${failure.code})`;
  }
}
