import type { DemoOrganization } from "./chain.ts";
import { type Random, seededRandom } from "./random.ts";

/** Those since a revision, in an exchange; else all of an organization. */
export type LoyaltyChanges = ReturnType<typeof createLoyaltyData>;

type Program = LoyaltyChanges["programs"][number];

const GUESTS_PER_ORGANIZATION = 7000;
const PROGRAM_NAMES = [
  "Бонусная программа",
  "Депозит гостя",
  "Счастливые часы",
  "День рождения",
  "Бизнес-ланч",
  "Шестой кофе в подарок",
];
/** The first programs of an organization keep a wallet for each guest. */
const WALLET_PROGRAMS = 2;
const PERCENTS = [3, 5, 7, 10, 15, 20];
const FIRST_NAMES = ["Анна", "Пётр", "Мария", "Иван", "Ольга", "Сергей", "Елена", "Дмитрий", "Алсу", "Тимур"];
const INITIALS = ["А.", "Б.", "В.", "Г.", "Д.", "К.", "Л.", "М.", "Н.", "С."];
const FIRST_REVISION = 100;
const BALANCES_AT_ONCE = 5;
const MOST_KOPECKS = 50_000;

export type LoyaltyStore = ReturnType<typeof createLoyaltyStore>;

/** The programs, guests and wallets of organizations, as the main server keeps them. */
export function createLoyaltyStore(organizations: readonly DemoOrganization[]) {
  const loyaltyByCrmId = new Map(organizations.map(({ crmId }) => [crmId, createLoyaltyData(crmId)]));
  const listPrograms = () =>
    [...loyaltyByCrmId].flatMap(([crmId, { programs }]) =>
      programs.map((program) => ({ ...program, crmId })),
    );

  /** @returns the changed program; null when there is none with this id. */
  function editProgram(id: number, edit: Partial<Pick<Program, "name" | "percent">>): Program | null {
    for (const loyalty of loyaltyByCrmId.values()) {
      const program = loyalty.programs.find((candidate) => candidate.id === id);
      if (!program) continue;
      loyalty.revision += 1;
      return Object.assign(program, edit, { revision: loyalty.revision });
    }
    return null;
  }

  return {
    listPrograms,
    editProgram,
    /** All of it when the revision is newer than this store. @returns null for an unknown CrmId. */
    changesSince(crmId: string, revision: number): LoyaltyChanges | null {
      const loyalty = loyaltyByCrmId.get(crmId);
      if (!loyalty) return null;
      const since = revision > loyalty.revision ? 0 : revision;
      const isNewer = (row: { revision: number }) => row.revision > since;
      return {
        revision: loyalty.revision,
        programs: loyalty.programs.filter(isNewer),
        guests: loyalty.guests.filter(isNewer),
        wallets: loyalty.wallets.filter(isNewer),
      };
    },
    editSomeProgram(random: Random): void {
      const { id, percent } = random.pick(listPrograms());
      editProgram(id, { percent: random.pick(PERCENTS.filter((other) => other !== percent)) });
    },
    /** Changes a few wallets of every organization, as guests pay. */
    changeSomeBalances(random: Random): void {
      for (const loyalty of loyaltyByCrmId.values()) {
        loyalty.revision += 1;
        for (let count = 0; count < BALANCES_AT_ONCE; count++) {
          const wallet = random.pick(loyalty.wallets);
          const kopecks = random.integer(-MOST_KOPECKS, MOST_KOPECKS);
          wallet.balanceKopecks = Math.max(0, wallet.balanceKopecks + kopecks);
          wallet.revision = loyalty.revision;
        }
      }
    },
  };
}

/** Always the same for the same CrmId. */
function createLoyaltyData(crmId: string) {
  const random = seededRandom(Number(crmId));
  const programs = PROGRAM_NAMES.map((name, index) => ({
    id: Number(crmId) * 10 + index,
    name,
    percent: random.pick(PERCENTS),
    revision: FIRST_REVISION,
  }));
  const guests = Array.from({ length: GUESTS_PER_ORGANIZATION }, (_, index) => ({
    id: index + 1,
    name: `${random.pick(FIRST_NAMES)} ${random.pick(INITIALS)}`,
    phone: createPhone(random),
    cardNumber: createCardNumber(random),
    revision: FIRST_REVISION,
  }));
  const wallets = guests.flatMap((guest) =>
    programs.slice(0, WALLET_PROGRAMS).map((program) => ({
      guestId: guest.id,
      programId: program.id,
      balanceKopecks: random.integer(0, 500_000),
      revision: FIRST_REVISION,
    })),
  );
  return { revision: FIRST_REVISION, programs, guests, wallets };
}

/** A made-up mobile number, `+7 (9XX) XXX-XX-XX`. */
export function createPhone(random: Random): string {
  const digits = String(random.integer(0, 999_999_999)).padStart(9, "0");
  return `+7 (9${digits.slice(0, 2)}) ${digits.slice(2, 5)}-${digits.slice(5, 7)}-${digits.slice(7)}`;
}

/** A made-up card number of 16 digits in groups of four. */
export function createCardNumber(random: Random): string {
  const group = () => String(random.integer(0, 9999)).padStart(4, "0");
  return `7001 ${group()} ${group()} ${group()}`;
}
