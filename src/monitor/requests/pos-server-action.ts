/** What somebody did to a POS server, and how it ended, for its page: «Сброс БД: Анна Иванова». */
export interface PosServerAction {
  /** ms UTC. */
  at: number;
  /** Its time, or its period. */
  title: string;
  text: string;
  /** It opens in the dialog too. */
  url: string;
  result: string;
  /** It proved that the exchange works again. */
  isRestored?: boolean;
}
