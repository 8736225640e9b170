import { request } from "node:http";
import { ADDRESS_NOT_SET, type Check, type CheckResult } from "./check.ts";
import { connect, failureOf } from "./connect.ts";

/** By name, since a service may listen at either address of this machine. */
const HOST = "localhost";
const ANSWER_TIMEOUT_MS = 5_000;

/** Whether the POS server answers the tills: something takes connections there, and speaks HTTP. */
export function portCheck(port: number | null): Check {
  return {
    id: "port",
    run: (signal) => (port === null ? Promise.resolve(ADDRESS_NOT_SET) : look(port, signal)),
  };
}

async function look(port: number, signal: AbortSignal): Promise<CheckResult> {
  const value = String(port);
  const startedAt = performance.now();
  try {
    (await connect(HOST, port, signal)).destroy();
  } catch (error) {
    const reason = failureOf(error);
    const detail = reason === "ECONNREFUSED" ? "refused" : reason;
    return { outcome: "failed", value, detail };
  }
  const detail = await askHttp(port, signal);
  if (detail !== null) return { outcome: "failed", value, detail };
  return { outcome: "ok", value, milliseconds: Math.round(performance.now() - startedAt) };
}

/** @returns null when any answer came, whatever it says: what the tills ask for is not known. */
function askHttp(port: number, signal: AbortSignal): Promise<"no_http" | "timeout" | null> {
  return new Promise((resolve) => {
    const asked = request({ host: HOST, port, method: "HEAD", path: "/", signal, agent: false });
    asked.setTimeout(ANSWER_TIMEOUT_MS, () => {
      resolve("timeout");
      asked.destroy();
    });
    asked.once("response", (response) => {
      response.destroy();
      resolve(null);
    });
    asked.once("error", () => resolve("no_http"));
    asked.end();
  });
}
