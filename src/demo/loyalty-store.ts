import type { DemoOrganization } from "./chain.ts";
import { createLoyaltyData, type LoyaltyChanges, type Program } from "./loyalty.ts";

const FULL_EXCHANGE_REVISION = 0;

/** The main server's own data, in memory: what it knows of every organization and when it changed. */
export interface LoyaltyStore {
  /**
   * Everything newer than the revision. A revision that this main server has not reached yet (it was started
   * anew) gets all of it, as revision 0 does.
   * @returns null when no organization has the CrmId.
   */
  changesSince(crmId: string, revision: number): LoyaltyChanges | null;
  listPrograms(): (Program & { crmId: string })[];
  /** @returns the changed program, or null when there is none with this id. */
  editProgram(id: number, edit: Partial<Pick<Program, "name" | "percent">>): Program | null;
  /** Changes some balances of an organization, all in one revision; wallets are counted around by their index. */
  changeBalances(crmId: string, changes: readonly { walletIndex: number; kopecks: number }[]): void;
}

/** Fills a store with the made-up data of these organizations. */
export function createLoyaltyStore(organizations: readonly DemoOrganization[]): LoyaltyStore {
  const loyaltyByCrmId = new Map(organizations.map(({ crmId }) => [crmId, createLoyaltyData(crmId)]));

  return {
    changesSince(crmId, revision) {
      const loyalty = loyaltyByCrmId.get(crmId);
      if (!loyalty) return null;
      const since = revision > loyalty.revision ? FULL_EXCHANGE_REVISION : revision;
      const isNewer = (row: { revision: number }) => row.revision > since;
      return {
        revision: loyalty.revision,
        programs: loyalty.programs.filter(isNewer),
        guests: loyalty.guests.filter(isNewer),
        wallets: loyalty.wallets.filter(isNewer),
      };
    },
    listPrograms: () =>
      [...loyaltyByCrmId].flatMap(([crmId, { programs }]) =>
        programs.map((program) => ({ ...program, crmId })),
      ),
    editProgram(id, edit) {
      for (const loyalty of loyaltyByCrmId.values()) {
        const program = loyalty.programs.find((candidate) => candidate.id === id);
        if (!program) continue;
        loyalty.revision += 1;
        return Object.assign(program, edit, { revision: loyalty.revision });
      }
      return null;
    },
    changeBalances(crmId, changes) {
      const loyalty = loyaltyByCrmId.get(crmId);
      if (!loyalty) throw new RangeError(`No organization has the CrmId ${crmId}`);
      loyalty.revision += 1;
      for (const { walletIndex, kopecks } of changes) {
        const wallet = loyalty.wallets[walletIndex % loyalty.wallets.length];
        if (!wallet) continue;
        wallet.balanceKopecks = Math.max(0, wallet.balanceKopecks + kopecks);
        wallet.revision = loyalty.revision;
      }
    },
  };
}
