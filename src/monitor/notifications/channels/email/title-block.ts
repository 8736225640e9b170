import type { MessageSign, MessageText } from "../message.ts";
import { block, FONT, type Html, html } from "./html.ts";

/** Colours that can be told from white as from black; each has a shape of its own, and the title says it in words. */
const SIGNS: Record<MessageSign, { symbol: string; colour: string }> = {
  failing: { symbol: "●", colour: "#e0443e" },
  over: { symbol: "✓", colour: "#2c9c5b" },
  calm: { symbol: "○", colour: "#71809a" },
};

/** The colour of a sign, as in CSS. */
export function signColour(sign: MessageSign): string {
  return SIGNS[sign].colour;
}

/** What a mail says first, with its sign. */
export function titleBlock({ sign, title }: MessageText): Html {
  const { symbol, colour } = SIGNS[sign];
  const style = html`margin:0;${FONT}font-size:21px;line-height:28px;font-weight:bold;`;
  return block(
    0,
    html`<h1 style="${style}"><span aria-hidden="true" style="color:${colour};">${symbol}</span>&nbsp;${title}</h1>`,
  );
}
