import type { DemoOrganization } from "./chain.ts";
import { createLoyaltyData, type LoyaltyChanges, type Program } from "./loyalty.ts";

const FULL_EXCHANGE_REVISION = 0;

export type LoyaltyStore = ReturnType<typeof createLoyaltyStore>;

export function createLoyaltyStore(organizations: readonly DemoOrganization[]) {
  const loyaltyByCrmId = new Map(organizations.map(({ crmId }) => [crmId, createLoyaltyData(crmId)]));

  return {
    /** All of it when the revision is newer than this store. @returns null for an unknown CrmId. */
    changesSince(crmId: string, revision: number): LoyaltyChanges | null {
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
    /** @returns the changed program; null when there is none with this id. */
    editProgram(id: number, edit: Partial<Pick<Program, "name" | "percent">>): Program | null {
      for (const loyalty of loyaltyByCrmId.values()) {
        const program = loyalty.programs.find((candidate) => candidate.id === id);
        if (!program) continue;
        loyalty.revision += 1;
        return Object.assign(program, edit, { revision: loyalty.revision });
      }
      return null;
    },
    /** Changes some balances in one revision; an index may be higher than the number of wallets. */
    changeBalances(crmId: string, changes: readonly { walletIndex: number; kopecks: number }[]): void {
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
