/** The page's light scheme (`public/css/tokens.css`): a sheet is always light. */
const PALETTE = {
  red: { text: "c02626", tint: "fdebe9" },
  orange: { text: "b04a00", tint: "fff0e2" },
  yellow: { text: "7f5a00", tint: "fff6d6" },
  grey: { text: "4a5466", tint: "eceff4" },
  green: { text: "157a44", tint: null },
  blue: { text: "2a5fa5", tint: null },
} as const;

/** Behind headings, and lines between cells with a background. */
export const QUIET = { fill: "f3f5f8", line: "dde3ea" } as const;

/** The colour of a word that says how something is. */
export type Tone = keyof typeof PALETTE;
export type Tint = { [T in Tone]: (typeof PALETTE)[T]["tint"] extends string ? T : never }[Tone];

/** Six hexadecimal digits. */
export function textColour(tone: Tone): string {
  return PALETTE[tone].text;
}

export function tintColour(tint: Tint): string {
  return PALETTE[tint].tint;
}
