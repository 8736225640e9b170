import { setTimeout as delay } from "node:timers/promises";
import { type DemoPosServer, ORGANIZATIONS } from "./chain.ts";
import { pickOtherPercent } from "./loyalty.ts";
import type { LoyaltyStore } from "./loyalty-store.ts";
import type { Disturbance, MainServer } from "./main-server.ts";
import type { Random } from "./random.ts";

const EDIT_PAUSE_MS = [20_000, 40_000] as const;
const BALANCE_PAUSE_MS = [4_000, 8_000] as const;
const BALANCES_AT_ONCE = 5;
const MOST_KOPECKS = 50_000;
/** How long one POS server is disturbed, and none. */
const TROUBLE_MS = { calm: [30_000, 50_000], trouble: [45_000, 60_000] } as const;
/** POS servers with an unknown wording sometimes fail, so that there are examples of failures. */
const EXAMPLE_MS = { calm: [90_000, 180_000], trouble: [18_000, 22_000] } as const;

/** Edits promotions and balances, and disturbs one healthy POS server after another. @returns a function that ends it. */
export function startStory(
  mainServer: MainServer,
  store: LoyaltyStore,
  posServers: readonly DemoPosServer[],
  random: Random,
): () => void {
  const ending = new AbortController();
  const healthy = posServers.filter(({ scenario }) => scenario === "healthy");
  const unknown = posServers.filter(({ scenario }) => scenario === "unknown_wording");

  /** @throws at the end of the story. */
  function wait(pauseMs: readonly [number, number]): Promise<void> {
    return delay(random.integer(...pauseMs), undefined, { signal: ending.signal });
  }

  async function repeat(pauseMs: readonly [number, number], act: () => void): Promise<void> {
    for (;;) {
      await wait(pauseMs);
      act();
    }
  }

  async function disturbInTurn(
    disturbed: readonly DemoPosServer[],
    disturbances: readonly Disturbance[],
    { calm, trouble }: typeof TROUBLE_MS | typeof EXAMPLE_MS,
  ): Promise<void> {
    for (let turn = 0; disturbed.length > 0; turn += 1) {
      const { slug = "" } = disturbed[turn % disturbed.length] ?? {};
      await wait(calm);
      mainServer.disturb(slug, disturbances[turn % disturbances.length] ?? null);
      await wait(trouble);
      mainServer.disturb(slug, null);
    }
  }

  const acts = [
    repeat(EDIT_PAUSE_MS, () => editSomeProgram(store, random)),
    repeat(BALANCE_PAUSE_MS, () => changeSomeBalances(store, random)),
    disturbInTurn(healthy, ["connection_lost", "silence"], TROUBLE_MS),
    disturbInTurn(unknown, ["connection_lost"], EXAMPLE_MS),
  ];
  for (const act of acts)
    act.catch((error: unknown) => {
      if (!ending.signal.aborted) throw error;
    });

  return () => ending.abort();
}

export function editSomeProgram(store: LoyaltyStore, random: Random): void {
  const program = random.pick(store.listPrograms());
  store.editProgram(program.id, { percent: pickOtherPercent(program, random) });
}

/** A few wallets in every organization, as guests pay. */
export function changeSomeBalances(store: LoyaltyStore, random: Random): void {
  for (const { crmId } of ORGANIZATIONS) {
    const changes = Array.from({ length: BALANCES_AT_ONCE }, () => ({
      walletIndex: random.integer(0, Number.MAX_SAFE_INTEGER),
      kopecks: random.integer(-MOST_KOPECKS, MOST_KOPECKS),
    }));
    store.changeBalances(crmId, changes);
  }
}
