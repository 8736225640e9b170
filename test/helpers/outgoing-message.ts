import { randomUUID } from "node:crypto";
import type {
  IncidentFacts,
  MessageText,
  OutgoingMessage,
} from "../../src/monitor/notifications/channels/message.ts";
import { START } from "./clock.ts";

/** What a message of a common incident says, but for what is told. */
export function messageText(text: Partial<MessageText> = {}): MessageText {
  return {
    sign: "failing",
    title: "18 POS-серверов не обмениваются",
    paragraphs: [
      "Одна причина: превышено время ожидания главного сервера.",
      "С 02:00 — вероятно, главный сервер или сеть.",
    ],
    list: [
      { name: "ООО «Вкусный дом»", count: "4" },
      { name: "Кофе и точка", count: "4" },
    ],
    footer: "5 в 02:01, 12 в 02:03, 18 в 02:04",
    open: { text: "Открыть", url: "https://poswatch.example/incidents/12" },
    acknowledgement: { text: "Занимаюсь", action: "take", url: null },
    ...text,
  };
}

/** A message of a common incident, but for what is told. */
export function outgoingMessage({
  text,
  ...message
}: Partial<Omit<OutgoingMessage, "text">> & { text?: Partial<MessageText> } = {}): OutgoingMessage {
  return {
    key: randomUUID(),
    kind: "opened",
    thread: "incident-12",
    reference: null,
    isSilent: false,
    language: "ru",
    at: START,
    incident: INCIDENT,
    ...message,
    text: messageText(text),
  };
}

const INCIDENT: IncidentFacts = {
  id: 12,
  kind: "common",
  status: "failing",
  state: "not_exchanging",
  cause: "main_server_timeout",
  openedAt: new Date(START).toISOString(),
  closedAt: null,
  endedBy: null,
  failing: 18,
  members: 18,
  organizations: [{ name: "ООО «Вкусный дом»", crmId: "100237", failing: 4, members: 4 }],
  posServer: null,
  takenBy: null,
};
