import type { ServiceControl } from "../service-control/service-control.ts";
import { type Check, NOT_TOLD } from "./check.ts";

/** Under which account the service runs: it decides where its data lie and what it may. */
export function accountCheck(control: ServiceControl): Check {
  return {
    id: "account",
    async run() {
      const account = await control.account();
      return account === null ? NOT_TOLD : { outcome: "ok", value: account };
    },
  };
}
