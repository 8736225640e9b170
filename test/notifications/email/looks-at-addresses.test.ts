import t from "tap";
import {
  isAddressRefused,
  lookupAllowed,
} from "../../../src/monitor/notifications/channels/callable-host.ts";
import { networkFailure } from "../../../src/monitor/notifications/channels/network-failure.ts";

t.test("a name that leads to metadata leads nowhere", async (t) => {
  // Whatever it looks like, it is found as a name is.
  const error = await lookUp("169.254.169.254");
  t.ok(error && isAddressRefused(error));
  t.match(error && networkFailure(error), {
    failure: "address_refused",
    detail: "no address of 169.254.169.254 is allowed",
  });
});

t.test("a name that leads to this machine is found", async (t) => {
  t.equal(await lookUp("localhost"), null);
});

t.test("a name that leads nowhere is another trouble", async (t) => {
  const error = await lookUp("mail.invalid");
  t.notOk(error && isAddressRefused(error));
  t.match(error && networkFailure(error), { failure: "dns" });
});

t.test("of several addresses the first one is named", async (t) => {
  const refused = (port: number) =>
    Object.assign(new Error(`connect ECONNREFUSED ::1:${port}`), {
      code: "ECONNREFUSED",
      syscall: "connect",
    });
  const both = new AggregateError([refused(25), refused(26)], "");
  t.match(networkFailure(both), { failure: "connect_refused", detail: "connect ECONNREFUSED ::1:25" });
  t.equal(networkFailure(new Error("something else")), null);
});

function lookUp(name: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => lookupAllowed(name, { all: true }, (error) => resolve(error)));
}
