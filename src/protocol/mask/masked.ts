/** Stands for a masked value, except phones and cards, which keep their last digits. */
export const MASK = "•••";
/** What `mask` leaves of a phone, a card, or anything else. */
export const MASKED = /(?<phone>\+\d{1,3}(?: \d{3,5})? •{3}-••-\d\d)|(?<card>•{4} \d{1,4})|•{3}/gu;
