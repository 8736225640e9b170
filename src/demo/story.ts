import { setTimeout as delay } from "node:timers/promises";
import type { DemoPosServer } from "./chain.ts";
import type { LoyaltyStore } from "./loyalty.ts";
import type { Disturbance, MainServer } from "./main-server.ts";
import type { Random } from "./random.ts";

type Range = readonly [fromMs: number, toMs: number];

const EDIT_PAUSE_MS: Range = [20_000, 40_000];
const BALANCE_PAUSE_MS: Range = [4_000, 8_000];
/** How long none is disturbed, and how long one POS server is. */
const TROUBLE_MS: Record<"calm" | "trouble", Range> = { calm: [30_000, 50_000], trouble: [45_000, 60_000] };
/** POS servers with an unknown wording sometimes fail, so that there are examples of failures. */
const EXAMPLE_MS: typeof TROUBLE_MS = { calm: [90_000, 180_000], trouble: [18_000, 22_000] };

/** Edits promotions and balances, and disturbs one healthy POS server after another. @returns a function that ends it. */
export function startStory(
  mainServer: MainServer,
  store: LoyaltyStore,
  posServers: readonly DemoPosServer[],
  random: Random,
): () => void {
  const ending = new AbortController();
  const slugsOf = (scenario: DemoPosServer["scenario"]) =>
    posServers.filter((posServer) => posServer.scenario === scenario).map(({ slug }) => slug);

  /** @throws at the end of the story. */
  async function wait(range: Range): Promise<void> {
    await delay(random.integer(...range), undefined, { signal: ending.signal });
  }

  async function repeat(pauseMs: Range, act: () => void): Promise<void> {
    for (;;) {
      await wait(pauseMs);
      act();
    }
  }

  async function disturbInTurn(
    slugs: readonly string[],
    disturbances: readonly Disturbance[],
    { calm, trouble }: typeof TROUBLE_MS,
  ): Promise<void> {
    for (let turn = 0; slugs.length > 0; turn += 1) {
      const slug = slugs[turn % slugs.length] ?? "";
      await wait(calm);
      mainServer.disturb(slug, disturbances[turn % disturbances.length] ?? null);
      await wait(trouble);
      mainServer.disturb(slug, null);
    }
  }

  const acts = [
    repeat(EDIT_PAUSE_MS, () => store.editSomeProgram(random)),
    repeat(BALANCE_PAUSE_MS, () => store.changeSomeBalances(random)),
    disturbInTurn(slugsOf("healthy"), ["connection_lost", "silence"], TROUBLE_MS),
    disturbInTurn(slugsOf("unknown_wording"), ["connection_lost"], EXAMPLE_MS),
  ];
  for (const act of acts)
    act.catch((error: unknown) => {
      if (!ending.signal.aborted) throw error;
    });

  return () => ending.abort();
}
