import type { Language } from "../../../viewer/language.ts";
import type { MessageLink, MessageSign, MessageText } from "../message.ts";
import { cutAtWord, plainBody, plainLine } from "../plain-text.ts";
import { emailLinks } from "./email-text.ts";
import { block, FONT, type Html, html, linesOf, NO_SPACING } from "./html.ts";
import { subjectOf } from "./subject.ts";

const WIDTH = 600;
const MAX_PREHEADER_CHARACTERS = 140;
/** What keeps the words below from being shown beside the subject. */
const FILLER: Html = { html: "&#847;&zwnj;&nbsp;".repeat(60) };

/**
 * A message as an HTML page for mail programs. Whatever it says is escaped. It has colours of its own only where they mean something: text
 * and paper are those of the program, in its light scheme as in its dark one. Outlook lays out by Word, hence tables, paddings of cells
 * and styles at each element.
 */
export function emailHtml(text: MessageText, language: Language): string {
  const colour = signColour(text.sign);
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>${subjectOf(text.title)}</title>
</head>
<body style="margin:0;padding:16px;-webkit-text-size-adjust:100%;">
${preheader(text, language)}
<table width="${WIDTH}" lang="${language}" ${NO_SPACING} style="max-width:100%;"><tr>
<td width="4" bgcolor="${colour}" style="width:4px;background-color:${colour};font-size:0;line-height:0;">&nbsp;</td>
<td style="padding:2px 0 2px 18px;"><table width="100%" ${NO_SPACING}>
${titleBlock(text)}${text.paragraphs.map(paragraph)}${list(text)}${buttonsBlock(emailLinks(text))}${footer(text)}</table></td>
</tr></table>
</body>
</html>
`.html;
}

function preheader(text: MessageText, language: Language): Html {
  const words = cutAtWord(plainLine(plainBody(text, language)), MAX_PREHEADER_CHARACTERS);
  return html`<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;">${words}${FILLER}</div>`;
}

function paragraph(text: string): Html {
  return block(12, html`<p style="margin:0;${FONT}font-size:16px;line-height:24px;">${linesOf(text)}</p>`);
}

function list({ list: rows }: MessageText): Html {
  if (rows.length === 0) return html``;
  const cell = html`${FONT}font-size:16px;line-height:22px;`;
  return block(
    11,
    html`<table ${NO_SPACING}>
${rows.map(
  ({ name, count }) => html`<tr>
<td valign="top" style="padding:3px 24px 3px 0;${cell}">${name}</td>
<td valign="top" align="right" style="padding:3px 0;${cell}white-space:nowrap;opacity:0.7;">${count}</td>
</tr>
`,
)}</table>`,
  );
}

function footer({ footer: words }: MessageText): Html {
  if (words === null) return html``;
  const style = html`margin:0;${FONT}font-size:14px;line-height:20px;opacity:0.7;`;
  return block(20, html`<p style="${style}">${linesOf(words)}</p>`);
}

/** Colours that can be told from white as from black; each has a shape of its own, and the title says it in words. */
const SIGNS: Record<MessageSign, { symbol: string; colour: string }> = {
  failing: { symbol: "●", colour: "#e0443e" },
  over: { symbol: "✓", colour: "#2c9c5b" },
  calm: { symbol: "○", colour: "#71809a" },
};

/** The colour of a sign, as in CSS. */
function signColour(sign: MessageSign): string {
  return SIGNS[sign].colour;
}

/** What a mail says first, with its sign. */
function titleBlock({ sign, title }: MessageText): Html {
  const { symbol, colour } = SIGNS[sign];
  const style = html`margin:0;${FONT}font-size:21px;line-height:28px;font-weight:bold;`;
  return block(
    0,
    html`<h1 style="${style}"><span aria-hidden="true" style="color:${colour};">${symbol}</span>&nbsp;${title}</h1>`,
  );
}

const ACCENT = "#155dd4";
const LINE = "#9aa3ae";
/** Word knows the padding of the cell alone; the others that of the link, so that all of the button can be pressed. */
const PADDING = "12px 22px";

/** Links as buttons side by side; the first one is the primary one. */
function buttonsBlock([primary, ...others]: readonly MessageLink[]): Html {
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
