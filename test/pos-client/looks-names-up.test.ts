import type { LookupAddress } from "node:dns";
import { setImmediate } from "node:timers/promises";
import t from "tap";
import {
  FAILED_LOOKUP_FRESH_MS,
  LOOKUP_FRESH_MS,
  LOOKUP_STALE_MS,
  MAX_LOOKUPS,
} from "../../src/monitor/pos-client/calls/limits.ts";
import { createNameLookup } from "../../src/monitor/pos-client/direct/name-lookup.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A name server that answers when told to, and a clock. */
function controlledLookup() {
  const asked: { hostname: string; answer(address: string): void; fail(code: string): void }[] = [];
  const clock = { at: 0 };
  const lookupName = createNameLookup(
    (hostname) =>
      new Promise<LookupAddress[]>((resolve, reject) => {
        asked.push({
          hostname,
          answer: (address) => resolve([{ address, family: 4 }]),
          fail: (code) => reject(Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code })),
        });
      }),
    () => clock.at,
  );
  return { asked, clock, lookupName };
}

/** One that knows the addresses of `a`. */
async function knownLookup() {
  const lookup = controlledLookup();
  const first = lookup.lookupName("a");
  await waitFor(() => lookup.asked.length === 1);
  lookup.asked[0]?.answer("10.0.0.1");
  await first;
  return lookup;
}

t.test("a name is looked up once for all that ask, and remembered", async (t) => {
  const addresses = await createNameLookup()("localhost");
  t.ok(addresses.some(({ address }) => ["127.0.0.1", "::1"].includes(address)));
  const { asked, clock, lookupName } = controlledLookup();
  const both = Promise.all([lookupName("a"), lookupName("a")]);
  await waitFor(() => asked.length === 1);
  asked[0]?.answer("10.0.0.1");
  t.match(await both, [[{ address: "10.0.0.1" }], [{ address: "10.0.0.1" }]]);
  clock.at = LOOKUP_FRESH_MS - 1;
  t.match(await lookupName("a"), [{ address: "10.0.0.1" }]);
  t.equal(asked.length, 1);
});

t.test("known addresses are given at once while they are looked up anew, but not for ever", async (t) => {
  const { asked, clock, lookupName } = await knownLookup();

  clock.at = LOOKUP_FRESH_MS;
  t.match(await lookupName("a"), [{ address: "10.0.0.1" }]);
  await waitFor(() => asked.length === 2);
  asked[1]?.answer("10.0.0.2");
  await waitFor(async () => (await lookupName("a"))[0]?.address === "10.0.0.2");
  t.equal(asked.length, 2);

  clock.at += LOOKUP_FRESH_MS;
  await lookupName("a");
  await waitFor(() => asked.length === 3);
  asked[2]?.fail("EAI_AGAIN");
  await setImmediate();
  t.match(await lookupName("a"), [{ address: "10.0.0.2" }], "the name server does not answer");

  clock.at = LOOKUP_FRESH_MS + LOOKUP_STALE_MS;
  const late = lookupName("a");
  await waitFor(() => asked.length === 4);
  asked[3]?.fail("EAI_AGAIN");
  await t.rejects(late, { code: "EAI_AGAIN" });
  await t.rejects(lookupName("a"), { code: "EAI_AGAIN" });
  t.equal(asked.length, 4);
});

t.test("a name that is gone is not served from memory", async (t) => {
  const { asked, clock, lookupName } = await knownLookup();
  clock.at = LOOKUP_FRESH_MS;
  await lookupName("a");
  await waitFor(() => asked.length === 2);
  asked[1]?.fail("ENOTFOUND");
  await waitFor(async () => (await Promise.allSettled([lookupName("a")]))[0]?.status === "rejected");
  t.equal(asked.length, 2, "a failure is remembered too");

  clock.at += FAILED_LOOKUP_FRESH_MS;
  const again = lookupName("a");
  await waitFor(() => asked.length === 3);
  asked[2]?.answer("10.0.0.3");
  t.match(await again, [{ address: "10.0.0.3" }]);
});

t.test("few names are looked up at once, and those that failed take no places of others", async (t) => {
  const { asked, clock, lookupName } = controlledLookup();
  const failing = ["f1", "f2", "f3"].map((name) => lookupName(name).catch((error: Error) => error));
  await waitFor(() => asked.length === failing.length);
  for (const question of asked) question.fail("EAI_AGAIN");
  await Promise.all(failing);

  clock.at = FAILED_LOOKUP_FRESH_MS;
  asked.length = 0;
  const again = ["f1", "f2", "f3"].map((name) => lookupName(name));
  const others = Array.from({ length: MAX_LOOKUPS + 2 }, (_, index) => lookupName(`name-${index}`));
  await waitFor(() => asked.length === 1 + MAX_LOOKUPS);
  t.same(asked.map(({ hostname }) => hostname).sort(), ["f1", "name-0", "name-1", "name-2", "name-3"]);

  let answered = 0;
  await waitFor(() => {
    for (const question of asked.slice(answered)) question.answer("10.0.0.1");
    answered = asked.length;
    return answered === again.length + others.length;
  });
  await Promise.all([...again, ...others]);
});
