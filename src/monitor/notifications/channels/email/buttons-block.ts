import type { MessageLink } from "../message.ts";
import { block, FONT, type Html, html, NO_SPACING } from "./html.ts";

const ACCENT = "#155dd4";
const LINE = "#9aa3ae";
/** Word knows the padding of the cell alone; the others that of the link, so that all of the button can be pressed. */
const PADDING = "12px 22px";

/** Links as buttons side by side; the first one is the primary one. */
export function buttonsBlock([primary, ...others]: readonly MessageLink[]): Html {
  if (!primary) return html``;
  return block(
    20,
    html`<table ${NO_SPACING}><tr>
${primaryButton(primary)}${others.map(otherButton)}</tr></table>`,
  );
}

function primaryButton(link: MessageLink): Html {
  const style = html`border:1px solid ${ACCENT};background-color:${ACCENT};`;
  return html`<td align="center" bgcolor="${ACCENT}" style="${style}${CELL}">${linkIn("#ffffff", link)}</td>
`;
}

function otherButton(link: MessageLink): Html {
  return html`<td width="10" style="width:10px;font-size:0;line-height:0;">&nbsp;</td>
<td align="center" style="border:1px solid ${LINE};${CELL}">${linkIn("inherit", link)}</td>
`;
}

const CELL = html`border-radius:6px;mso-padding-alt:${PADDING};`;

function linkIn(colour: string, { text, url }: MessageLink): Html {
  const box = html`display:inline-block;padding:${PADDING};text-decoration:none;color:${colour};`;
  const font = html`${FONT}font-size:16px;line-height:20px;font-weight:bold;`;
  return html`<a href="${url}" style="${box}${font}">${text}</a>`;
}
