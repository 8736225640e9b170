/** Of each kind, on the page of their POS server. */
export const SHOWN_ACTIONS = 8;

/** What somebody did to a POS server, and what came of it, as its page lists it: «Сброс БД: Анна Иванова». */
export interface PosServerAction {
  /** ms UTC. */
  at: number;
  /** Which one it is: its time, or the period that it is about. */
  title: string;
  text: string;
  /** Its page, which opens in the dialog too. */
  url: string;
  result: string;
  /** Whether it proved that the exchange works again. */
  isRestored?: boolean;
}

/** Puts actions of different kinds, each listed newest first, into one list. */
export function recentActions(...lists: PosServerAction[][]): PosServerAction[] {
  return lists
    .flat()
    .sort((one, other) => other.at - one.at)
    .slice(0, SHOWN_ACTIONS);
}
