import t from "tap";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import type { ReportedCheck, StatusReport } from "../../src/protocol/status-report.ts";
import { START } from "../helpers/clock.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

const MINUTE_MS = 60_000;

type Look = ReportedCheck["outcome"] | "none";

/** A report of each minute: what the port did, unless told with a look of its own. */
interface Notified {
  look: Look;
  /** When the agent looked, ms UTC; null = it does not say. */
  lookedAt?: number | null;
  service?: NonNullable<StatusReport["service"]>["state"];
  error?: string;
  version?: string;
}

/** The states after each report. */
function statesAfter(told: (Notified | "failed")[]): string[] {
  let status: PosStatus = neverPolled();
  return told.map((one, minute) => {
    const now = START + minute * MINUTE_MS;
    status = nextStatus(status, one === "failed" ? failed(now) : outcomeOf(one, now), RULES).status;
    return status.state;
  });
}

function outcomeOf({ look, lookedAt, service = "running", error, version }: Notified, now: number) {
  const at = lookedAt === undefined ? now : lookedAt;
  return received(now, {
    ...(version && { version }),
    error: error ?? null,
    service: { name: "iikoCard5POS", state: service, startedAt: null },
    checks:
      look === "none"
        ? null
        : [{ id: "port", outcome: look, value: "7001", at: at === null ? null : new Date(at).toISOString() }],
  });
}

const looks = (...all: Look[]): Notified[] => all.map((look) => ({ look }));

t.test("a port that has answered here and is silent in two reports in a row serves nobody", async (t) => {
  t.same(statesAfter(looks("ok", "failed", "failed", "failed", "ok")), [
    "synced",
    "synced",
    "not_serving",
    "not_serving",
    "synced",
  ]);
});

t.test("one that has never answered here, or that nobody looks at, is not blamed", async (t) => {
  t.same([...new Set(statesAfter(looks("failed", "failed", "failed", "failed")))], ["synced"]);
  t.same([...new Set(statesAfter(looks("unknown", "failed", "failed", "failed")))], ["synced"]);
  t.same([...new Set(statesAfter(looks("none", "none", "none")))], ["synced"]);
  t.same([...new Set(statesAfter(looks("ok", "none", "none", "none")))], ["synced"]);
});

t.test("what is between two silences ends the row, failed polls do not", async (t) => {
  t.equal(statesAfter(looks("ok", "failed", "unknown", "failed")).at(-1), "synced");
  t.equal(statesAfter(looks("ok", "failed", "ok", "failed")).at(-1), "synced");
  t.equal(
    statesAfter(looks("ok", "none", "failed", "failed")).at(-1),
    "not_serving",
    "it has answered before",
  );
  const [ok, silent] = looks("ok", "failed") as [Notified, Notified];
  t.equal(statesAfter([ok, silent, "failed", silent]).at(-1), "not_serving");
});

t.test("one look counts once, however often it is reported", async (t) => {
  const stale: Notified = { look: "failed", lookedAt: START + MINUTE_MS };
  t.equal(statesAfter([{ look: "ok" }, stale, stale, stale]).at(-1), "synced");
  t.equal(
    statesAfter([{ look: "ok" }, stale, { look: "failed", lookedAt: START + 2 * MINUTE_MS }]).at(-1),
    "not_serving",
  );
  const untimed: Notified = { look: "failed", lookedAt: null };
  t.equal(statesAfter([{ look: "ok" }, untimed, untimed]).at(-1), "not_serving");
});

t.test(
  "while the service does not run its port says nothing, and it gets time to answer again",
  async (t) => {
    const stopped: Notified = { look: "failed", service: "stopped" };
    t.same(statesAfter([{ look: "ok" }, stopped, stopped, ...looks("failed", "failed")]), [
      "synced",
      "service_stopped",
      "service_stopped",
      "synced",
      "not_serving",
    ]);
    const starting: Notified = { look: "failed", service: "starting" };
    t.equal(statesAfter([{ look: "ok" }, starting, starting, starting]).at(-1), "synced");
  },
);

t.test(
  "it comes before an error of the exchange, and is forgotten with an unsupported version",
  async (t) => {
    const silent: Notified = { look: "failed", error: "ошибка 17" };
    t.equal(statesAfter([{ look: "ok" }, silent, silent]).at(-1), "not_serving");
    t.equal(
      statesAfter([{ look: "ok" }, { look: "ok", version: "33" }, ...looks("failed", "failed")]).at(-1),
      "synced",
    );
  },
);
