import { plainLines } from "../plain-text.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML that is safe where it stands; whatever else is put into `html` is escaped. */
export interface Html {
  html: string;
}

/** What may be put into `html`. */
type Part = string | number | Html | readonly Html[];

/** Writes HTML: texts are escaped and free of control characters, `Html` stands as it is. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: String.raw({ raw: strings }, ...parts.map(written)) };
}

function written(part: Part): string {
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map(({ html: own }) => own).join("");
}

function escaped(text: string): string {
  return plainLines(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A text with its line feeds. */
export function linesOf(text: string): Html {
  return { html: escaped(text).replaceAll("\n", "<br>") };
}

/** Within a style; Word does not hand it down to what is within. */
export const FONT: Html = {
  html: "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;word-break:break-word;",
};
/** Of every table: it lays out, and says nothing. */
export const NO_SPACING: Html = { html: 'role="presentation" cellpadding="0" cellspacing="0" border="0"' };

/** One thing below another. @param gapPx above it. */
export function block(gapPx: number, content: Html): Html {
  return html`<tr><td style="padding:${gapPx}px 0 0;">${content}</td></tr>
`;
}
