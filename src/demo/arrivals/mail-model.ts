import type { Format } from "../../monitor/viewer/format.ts";
import type { ArrivedMail } from "./arrived.ts";

/** A mail as a line that opens. */
export interface ShownMail {
  id: number;
  subject: string;
  from: string;
  to: string;
  time: string;
  text: string | null;
  /** Where its HTML is; null = it has none. */
  url: string | null;
}

/** Shows mails, newest first. */
export function mailsOf(format: Format, mails: readonly ArrivedMail[], now: number): ShownMail[] {
  return mails.toReversed().map(({ id, headers, from, to, receivedAt, text, html }) => ({
    ...{ id, text, to: to.join(", ") },
    subject: headers.subject || "Без темы",
    from: headers.from || from,
    time: format.clock(receivedAt, now),
    url: html === null ? null : `/mails/${id}`,
  }));
}

/** The HTML of a mail, whose links open beside it. */
export function pageOfMail(html: string): string {
  return html.replace(/<head>/i, '<head><base target="_blank">');
}
