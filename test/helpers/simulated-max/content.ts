import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { readHtml, type TextEntity } from "../../../src/demo/messengers/html-text.ts";
import { errorText } from "../../../src/protocol/error-text.ts";
import { badPayload } from "./refusal.ts";

const MAX_TEXT_LENGTH = 4000;
const MAX_ROWS = 30;
const MAX_IN_ROW = 7;
/** Names of nobody in the internet, to which the real one takes no buttons either. */
const INNER_NAMES = /(?:^|\.)(?:local|localhost|internal|lan|home|test|example)$/;
const ADDRESS = /^\[|^\d+\.\d+\.\d+\.\d+$/;
/** Tags of its HTML, and what they make of a text; it takes all others out. */
const MARKUP_TYPES: Readonly<Record<string, string>> = {
  ...{ b: "strong", strong: "strong", i: "emphasized", em: "emphasized", u: "underline", ins: "underline" },
  ...{ s: "strikethrough", del: "strikethrough", code: "monospaced", pre: "monospaced", mark: "highlighted" },
  ...{ h1: "heading", blockquote: "quote", a: "link" },
};

const Label = Type.String({ minLength: 1, maxLength: 128 });
const Button = Type.Union([
  Type.Object({
    type: Type.Literal("callback"),
    text: Label,
    payload: Type.String({ minLength: 1, maxLength: 1024 }),
  }),
  Type.Object({ type: Type.Literal("link"), text: Label, url: Type.String({ maxLength: 2048 }) }),
]);
type SimulatedMaxButton = Static<typeof Button>;

const Keyboard = Type.Object({
  type: Type.Literal("inline_keyboard"),
  payload: Type.Object({
    buttons: Type.Array(Type.Array(Button, { minItems: 1, maxItems: MAX_IN_ROW }), {
      minItems: 1,
      maxItems: MAX_ROWS,
    }),
  }),
});
const Content = Type.Object({
  text: Type.String(),
  format: Type.Optional(Type.Literal("html")),
  attachments: Type.Optional(Type.Union([Type.Array(Keyboard, { maxItems: 1 }), Type.Null()])),
  notify: Type.Optional(Type.Boolean()),
});

const contents = Compile(Content);

/** What a message looks like. */
export interface MaxLook {
  /** As it was sent, and as it is read. */
  html: string;
  text: string;
  markup: TextEntity[];
  buttons: SimulatedMaxButton[][];
}

/** What is asked for with a message. */
export interface MaxContent extends Omit<MaxLook, "buttons"> {
  /** null = those that a changed message has stay. */
  buttons: SimulatedMaxButton[][] | null;
  isSilent: boolean;
}

/** Reads a message that a bot sends or changes. @throws MaxRefusal where the real one refuses it. */
export function readContent(body: unknown): MaxContent {
  if (!contents.Check(body)) throw badPayload("Can't deserialize body");
  const { text: html, format, attachments = null, notify = true } = body;
  if (html.length > MAX_TEXT_LENGTH)
    throw badPayload(`Field 'text' size (${html.length}) must be at most ${MAX_TEXT_LENGTH}`);
  const { text, entities: markup } = format === "html" ? readMarkup(html) : { text: html, entities: [] };
  if (text.trim() === "") throw badPayload("Message text is empty");
  const buttons = attachments?.flatMap(({ payload }) => payload.buttons) ?? null;
  for (const button of buttons?.flat() ?? []) if (button.type === "link") checkUrl(button.url);
  return { html, text, markup, buttons, isSilent: !notify };
}

function readMarkup(html: string) {
  const known = html.replace(/<\/?([a-z][\w-]*)[^>]*>/gi, (tag, name: string) =>
    name.toLowerCase() in MARKUP_TYPES ? tag : "",
  );
  try {
    return readHtml(known, MARKUP_TYPES);
  } catch (error) {
    throw badPayload(errorText(error));
  }
}

function checkUrl(url: string): void {
  const parsed = URL.parse(url);
  const host = parsed?.hostname ?? "";
  const isOuter = ADDRESS.test(host) || (host.includes(".") && !INNER_NAMES.test(host));
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !isOuter)
    throw badPayload("Must have only http/https links format in buttons");
}
