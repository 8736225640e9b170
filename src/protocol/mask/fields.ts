import { compile } from "./compile.ts";
import { decode } from "./encoded.ts";
import { type FieldKind, fieldKind, KINDS } from "./field-kinds.ts";
import data from "./fields.json" with { type: "json" };
import { maskCard, maskPhone } from "./forms.ts";
import { MASK } from "./masked.ts";
import { isPerson, looksLikeName } from "./people.ts";

/**
 * A sign between a label and its value, with the label: `phone=`, `"phone":`, `\\"phone\\" : `, `[Phone] =`, `'phone' =>`,
 * `%22phone%22%3A`, `<phone type="x">`, `<add key="phone" value=`.
 */
const SEPARATOR = compile(data.separator, "gi");
/** Brackets and a quote, also escaped. */
const OPENING = compile(data.opening, "y");
/** Values by the quote that opens them; none crosses a line. */
const QUOTED = Object.fromEntries(
  Object.entries(data.quoted).map(([quote, value]) => [quote, compile(value, "y")]),
);
/** `null`, `not set`, `{password}`, and what is masked already. */
const HARMLESS = compile(data.harmless, "i");
const LOOKED_BACK = 200;
/** A guest's object that is still open: `"guest":{"id":1,`, `Customer(id=1, `, `<client id="1" `. */
const IN_GUEST =
  /(?:guest|customer|client|person|contact|recipient|buyer|holder|deliver|street|address|гост|клиент|покупат|получат|достав)[\p{L}\d_]*(?:\\*["'])?[ \t]*(?:=>|[:=])?[ \t]*(?:array[ \t]*)?(?:[[({>]|[ \t])[ \t]*\[?[^{}()[\]]*\]?[ \t]*$/iu;
const GUEST_ENDED = /<\/(?:\w+:)?(?:guest|customer|client|person|contact|recipient|buyer)/i;
const CONTACT = "(?:phone|mail|birth|last_?name|surname|street|house|flat|телефон|фамил|рожд|sms|смс)";
const BESIDE = new RegExp(`^[^{}()[\\]\\n]{0,60}${CONTACT}`, "i");
const BESIDE_BEFORE = new RegExp(`${CONTACT}[^{}()[\\]\\n]{0,60}$`, "i");

/** Columns and the first row of `INSERT INTO … (a, b) VALUES ('x', 1)`. */
const INSERT = /\((?<columns>[\w", \t[\]`.]{2,400})\)\s{0,3}VALUES\s{0,3}\((?<row>[^\n]{1,2000})/gi;
const SQL_VALUE = /N?'(?<text>(?:[^'\n]|'')*)'|[^,()'\s]+/g;

/** Hides the values of fields whose names say that they are a guest's or secret, in any notation. */
export function maskFields(text: string): string {
  return maskLabelled(text).replace(INSERT, (insert, columns: string, row: string) => {
    const names = columns.split(",");
    const shown = row.replace(SQL_VALUE, (value: string, quoted: string | undefined) => {
      const kind = fieldKind(names.shift() ?? "");
      const own = quoted ?? value;
      const masked = kind && shownValue(kind, own, () => false);
      return masked === null ? value : value.replace(own, masked);
    });
    return insert.slice(0, -row.length) + shown;
  });
}

function maskLabelled(text: string): string {
  let masked = "";
  let end = 0;
  SEPARATOR.lastIndex = 0;
  for (let found = SEPARATOR.exec(text); found; found = SEPARATOR.exec(text)) {
    const { setting, column, key = setting ?? column, label, escaped, tag = escaped } = found.groups ?? {};
    const name = key ?? label ?? tag?.slice(tag.indexOf(":") + 1) ?? "";
    // What stands before the last word may be the value before: `by=sms code=1`.
    const kind =
      fieldKind(name) ?? (found[0] === "=" ? fieldKind(name.slice(name.lastIndexOf(" ") + 1)) : null);
    if (kind === null) continue;
    const { value, from, to } = valueAt(text, SEPARATOR.lastIndex, kind);
    const shown = shownValue(kind, value, () => isOfGuest(text, found.index, to));
    if (shown === null) continue;
    masked += text.slice(end, from) + shown;
    end = to;
    SEPARATOR.lastIndex = end;
  }
  return end === 0 ? text : masked + text.slice(end);
}

function valueAt(text: string, separatorEnd: number, kind: FieldKind) {
  OPENING.lastIndex = separatorEnd;
  const { quote } = OPENING.exec(text)?.groups ?? {};
  const from = OPENING.lastIndex;
  const pattern = (quote && (QUOTED[quote] ?? QUOTED.escaped)) || KINDS[kind].value;
  pattern.lastIndex = from;
  const value = (pattern.exec(text)?.[0] ?? "").replace(/[\s,]+$/, "");
  return { value, from, to: from + value.length };
}

/** @returns null to leave the value as it is. */
function shownValue(kind: FieldKind, text: string, isOfGuest: () => boolean): string | null {
  const value = decode(text).trim();
  if (HARMLESS.test(value) || !isPrivate(kind, value, isOfGuest)) return null;
  if (kind === "phone") return maskPhone(value);
  if (kind === "card") return maskCard(value);
  return text.replace(text.trim(), MASK);
}

function isPrivate(kind: FieldKind, value: string, isOfGuest: () => boolean): boolean {
  if (kind === "guest") return looksLikeName(value);
  if (kind === "name") return isPerson(value) || (looksLikeName(value) && isOfGuest());
  const { hides, keeps } = KINDS[kind];
  if (keeps?.test(value) || hides?.test(value) === false) return false;
  return kind !== "maybeCode" || isOfGuest();
}

function isOfGuest(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - LOOKED_BACK), start);
  const opened = IN_GUEST.exec(before)?.[0];
  if (opened !== undefined && !GUEST_ENDED.test(opened)) return true;
  return BESIDE.test(text.slice(end, end + LOOKED_BACK)) || BESIDE_BEFORE.test(before);
}
