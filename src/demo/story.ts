import { type DemoPosServer, ORGANIZATIONS } from "./chain.ts";
import { pickOtherPercent } from "./loyalty.ts";
import type { LoyaltyStore } from "./loyalty-store.ts";
import type { Disturbance, MainServer } from "./main-server.ts";
import type { Random } from "./random.ts";

const EDIT_PAUSE_MS = [20_000, 40_000] as const;
const BALANCE_PAUSE_MS = [4_000, 8_000] as const;
const CALM_MS = [30_000, 50_000] as const;
const TROUBLE_MS = [45_000, 60_000] as const;
/** POS servers with an unknown wording sometimes fail, so that there are examples of failures. */
const UNKNOWN_CALM_MS = [90_000, 180_000] as const;
const UNKNOWN_TROUBLE_MS = [18_000, 22_000] as const;
const BALANCES_AT_ONCE = 5;
const MOST_KOPECKS = 50_000;
const TROUBLES: readonly Disturbance[] = ["connection_lost", "silence"];

/** Edits promotions and balances, and disturbs one healthy POS server after another. @returns a function that ends it. */
export function startStory(
  mainServer: MainServer,
  store: LoyaltyStore,
  posServers: readonly DemoPosServer[],
  random: Random,
): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const healthy = posServers.filter(({ scenario }) => scenario === "healthy");

  function after([from, to]: readonly [number, number], act: () => void): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        act();
      },
      random.integer(from, to),
    );
    timers.add(timer);
  }

  function repeat(pauseMs: readonly [number, number], act: () => void): void {
    after(pauseMs, () => {
      act();
      repeat(pauseMs, act);
    });
  }

  function troubleOneAfterAnother(turn: number): void {
    const posServer = healthy[turn % healthy.length];
    const trouble = TROUBLES[turn % TROUBLES.length];
    if (!posServer || !trouble) return;
    after(CALM_MS, () => {
      mainServer.disturb(posServer.slug, trouble);
      after(TROUBLE_MS, () => {
        mainServer.disturb(posServer.slug, null);
        troubleOneAfterAnother(turn + 1);
      });
    });
  }

  function loseConnectionNowAndThen(slug: string): void {
    after(UNKNOWN_CALM_MS, () => {
      mainServer.disturb(slug, "connection_lost");
      after(UNKNOWN_TROUBLE_MS, () => {
        mainServer.disturb(slug, null);
        loseConnectionNowAndThen(slug);
      });
    });
  }

  repeat(EDIT_PAUSE_MS, () => editSomeProgram(store, random));
  repeat(BALANCE_PAUSE_MS, () => changeSomeBalances(store, random));
  troubleOneAfterAnother(0);
  for (const posServer of posServers)
    if (posServer.scenario === "unknown_wording") loseConnectionNowAndThen(posServer.slug);

  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
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
