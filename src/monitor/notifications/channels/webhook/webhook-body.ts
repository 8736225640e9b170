import type { IncidentFacts, OutgoingMessage, TellingKind } from "../message.ts";
import { plainBody, plainLine, plainLines } from "../plain-text.ts";

/** What a webhook is told, as JSON; a contract with other programs, in which nothing changes its meaning. */
export interface WebhookBody {
  /** A UUID, the same at every try: what came twice is known by it. */
  id: string;
  event: TellingKind;
  /** When the message was made, ISO 8601 in UTC; of two messages about one incident the later one counts. */
  sentAt: string;
  title: string;
  /** Paragraphs and list as plain text, in the language of the channel. */
  text: string;
  /** Of the incident in Poswatch; null = the address of Poswatch is not known. */
  url: string | null;
  /** null = it is about no incident. */
  incident: IncidentFacts | null;
}

export function webhookBody({ key, kind, at, text, language, incident }: OutgoingMessage): WebhookBody {
  return {
    id: key,
    event: kind,
    sentAt: new Date(at).toISOString(),
    title: plainLine(text.title),
    text: [plainBody(text, language), plainLines(text.footer ?? "")].filter(Boolean).join("\n\n"),
    url: text.open?.url ?? null,
    incident,
  };
}
