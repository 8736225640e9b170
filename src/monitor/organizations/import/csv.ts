import iconv from "iconv-lite";
import type { TextRow } from "../../excel/read-first-sheet.ts";

export const DELIMITERS = [";", ",", "\t"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const ANSI_CODE_PAGE = "win1251";
const QUOTE = '"';

/** Decodes a CSV file: UTF-8 with or without a byte order mark, else CP1251, in which Russian Excel saves. */
export function decodeCsv(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), ANSI_CODE_PAGE);
  }
}

/** Reads rows of text cells, as RFC 4180 quotes them; a quote that is never closed runs to the end of the file. */
export function* readCsvRows(text: string, delimiter: Delimiter): Generator<TextRow> {
  let rowNumber = 1;
  let at = 0;
  while (at < text.length) {
    const texts = new Map<number, string>();
    let end = at;
    for (let column = 0; ; column++) {
      const cell = readCell(text, end, delimiter);
      if (cell.text !== "") texts.set(column, cell.text);
      end = cell.end;
      if (text[end] !== delimiter) break;
      end++;
    }
    yield { rowNumber, texts };
    rowNumber++;
    at = end + (text.startsWith("\r\n", end) ? 2 : 1);
  }
}

function readCell(text: string, start: number, delimiter: Delimiter): { text: string; end: number } {
  if (text[start] !== QUOTE) {
    const end = endOfPlainText(text, start, delimiter);
    return { text: text.slice(start, end), end };
  }
  const closing = closingQuote(text, start + 1);
  const end = endOfPlainText(text, closing + 1, delimiter);
  const quoted = text.slice(start + 1, closing).replaceAll('""', QUOTE);
  return { text: quoted + text.slice(closing + 1, end), end };
}

function endOfPlainText(text: string, start: number, delimiter: Delimiter): number {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
  return end;
}

function closingQuote(text: string, start: number): number {
  let at = text.indexOf(QUOTE, start);
  while (at >= 0 && text[at + 1] === QUOTE) at = text.indexOf(QUOTE, at + 2);
  return at < 0 ? text.length : at;
}
