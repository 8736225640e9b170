import type { AgentConfig } from "../config/config.ts";
import type { ServiceControl } from "../service-control/service-control.ts";
import { type Check, NOT_TOLD } from "./check.ts";
import { clockCheck } from "./clock.ts";
import { databaseCheck } from "./database.ts";
import { createHostLookup } from "./host-lookup.ts";
import { mainServerChecks } from "./main-server.ts";
import { portCheck } from "./port.ts";
import { tracesCheck } from "./traces.ts";
import { urlAclCheck } from "./url-acl.ts";

/** Everything that the agent looks at from time to time; what each report says anew is in run-checks.ts. */
export function createChecks(
  { checks, database }: Pick<AgentConfig, "checks" | "database">,
  control: ServiceControl,
): Check[] {
  const lookUp = createHostLookup();
  const port = portCheck(checks.port);
  const answers = async (signal: AbortSignal) => (await port.run(signal)).outcome === "ok";
  return [
    port,
    databaseCheck(database),
    ...mainServerChecks(checks.mainServer, lookUp),
    clockCheck(checks.mainServer, lookUp),
    tracesCheck(checks.mainServer, lookUp),
    accountCheck(control),
    urlAclCheck(checks.urlAcl, answers),
  ];
}

/** Under which account the service runs: it decides where its data lie and what it may. */
function accountCheck(control: ServiceControl): Check {
  return {
    id: "account",
    async run() {
      const account = await control.account();
      return account === null ? NOT_TOLD : { outcome: "ok", value: account };
    },
  };
}
