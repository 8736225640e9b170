/** How many the page of a POS server shows. */
export const SHOWN_ACTIONS = 8;

/** What somebody did to a POS server, and its result, as its page lists it: «Сброс БД: Анна Иванова». */
export interface PosServerAction {
  /** ms UTC. */
  at: number;
  /** Its time, or the period that it is about. */
  title: string;
  text: string;
  /** Its page, which opens in the dialog too. */
  url: string;
  result: string;
  /** Whether it proved that the exchange works again. */
  isRestored?: boolean;
}

/** Merges actions of different kinds, newest first. */
export function recentActions(...lists: PosServerAction[][]): PosServerAction[] {
  return lists
    .flat()
    .sort((one, other) => other.at - one.at)
    .slice(0, SHOWN_ACTIONS);
}
