/** A line of a stack trace, or the exception that it is of, in the languages in which .NET and Java write them. */
const TRACE_LINE = /^\s*(?:(?:at|в|in)\s|-{2,}>?\s|(?:[\w`]+\.)*\w*(?:Exception|Error)\b)/;

/** How logs call an exchange with the main server. */
const EXCHANGE = /обмен|синхронизац|\bexchange|\bsync/i;

export function isTraceLine(text: string): boolean {
  return TRACE_LINE.test(text);
}

export function saysExchange(text: string): boolean {
  return EXCHANGE.test(text);
}
