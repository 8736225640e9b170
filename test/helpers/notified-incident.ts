import type {
  IncidentFacts,
  MessageText,
  OutgoingMessage,
} from "../../src/monitor/notifications/channels/message.ts";

const ORGANIZATIONS = [
  { name: "ООО «Вкусный дом»", failing: 11 },
  { name: "Суши Бар", failing: 7 },
];

/** A link for which both messengers take a button. */
export const OPEN = { text: "Открыть", url: "https://poswatch.example.ru/incidents/118" };

/** What is said of a common cause, in Russian. */
export const INCIDENT_TEXT: MessageText = {
  sign: "failing",
  title: "18 POS-серверов не обмениваются",
  paragraphs: [
    "Одна причина: превышено время ожидания главного сервера.\nС 02:00 — вероятно, главный сервер или сеть.",
    "Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит.",
  ],
  list: ORGANIZATIONS.map(({ name, failing }) => ({ name, count: String(failing) })),
  footer: "5 в 02:01, 12 в 02:03, 18 в 02:04",
  open: OPEN,
  acknowledgement: { text: "Занимаюсь", action: "take", url: `${OPEN.url}/taking` },
};

/** The same trouble, as it is known to programs. */
export const INCIDENT_FACTS: IncidentFacts = {
  id: 118,
  kind: "common",
  status: "failing",
  state: "not_exchanging",
  cause: "main_server_timeout",
  openedAt: "2026-11-25T23:00:00.000Z",
  closedAt: null,
  endedBy: null,
  failing: 18,
  members: 18,
  organizations: ORGANIZATIONS.map(({ name, failing }, index) => ({
    name,
    crmId: String(1_000 + index),
    failing,
    members: failing,
  })),
  posServer: null,
  takenBy: null,
};

/** A message on its way: 18 POS servers of two organizations fail. @param text what it says differently. */
export function toldIncident(
  different: Partial<Omit<OutgoingMessage, "text">> = {},
  text: Partial<MessageText> = {},
): OutgoingMessage {
  return {
    key: "4c1f8a52-58b4-4f6e-9d8e-0f5b7d2c9a11",
    kind: "opened",
    thread: "incident-118",
    reference: null,
    isSilent: false,
    language: "ru",
    at: Date.parse("2026-11-25T23:04:00Z"),
    incident: INCIDENT_FACTS,
    ...different,
    text: { ...INCIDENT_TEXT, ...text },
  };
}
