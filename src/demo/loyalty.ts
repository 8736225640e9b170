import { type Random, seededRandom } from "./random.ts";

export interface Program {
  id: number;
  name: string;
  percent: number;
  revision: number;
}

interface Guest {
  id: number;
  name: string;
  phone: string;
  cardNumber: string;
  revision: number;
}

interface Wallet {
  guestId: number;
  programId: number;
  balanceKopecks: number;
  revision: number;
}

export interface LoyaltyChanges {
  revision: number;
  programs: Program[];
  guests: Guest[];
  wallets: Wallet[];
}

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

/** Always the same for the same CrmId. */
export function createLoyaltyData(crmId: string): LoyaltyChanges {
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
  const walletPrograms = programs.slice(0, WALLET_PROGRAMS);
  const wallets = guests.flatMap((guest) =>
    walletPrograms.map((program) => ({
      guestId: guest.id,
      programId: program.id,
      balanceKopecks: random.integer(0, 500_000),
      revision: FIRST_REVISION,
    })),
  );
  return { revision: FIRST_REVISION, programs, guests, wallets };
}

export function pickOtherPercent(program: Program, random: Random): number {
  return random.pick(PERCENTS.filter((percent) => percent !== program.percent));
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
