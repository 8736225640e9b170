import t from "tap";
import type { MailSink } from "../../../src/demo/messengers/mail-sink.ts";
import { sinkMail } from "../../helpers/email-connection.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";

const never = new AbortController().signal;
const ids = (sink: MailSink, header: string) => sink.mails().map(({ headers }) => headers[header]);

t.test("a mail that is sent twice is the same mail", async (t) => {
  const { sink, send } = await sinkMail(t);
  await send(toldIncident(), never);
  await send(toldIncident({}, { title: "19 POS-серверов не обмениваются" }), never);
  await send(toldIncident({ key: "another" }), never);
  const [first, again, another] = ids(sink, "message-id");
  t.match(first, /^<poswatch\.message\.[0-9a-f]{32}@example\.ru>$/);
  t.equal(again, first);
  t.not(another, first);
});

t.test("all mails of an incident are one conversation, those of others are not", async (t) => {
  const { sink, send } = await sinkMail(t);
  await send(toldIncident(), never);
  await send(toldIncident({ key: "b", kind: "closed" }), never);
  await send(toldIncident({ key: "c", thread: "incident-119" }), never);
  const [opened, closed, other] = ids(sink, "references");
  t.match(opened, /^<poswatch\.thread\.[0-9a-f]{32}@example\.ru>$/);
  t.equal(closed, opened);
  t.not(other, opened);
  t.same(ids(sink, "in-reply-to"), ids(sink, "references"));
});

t.test("an id has the sender's domain, in any script, and nothing else of what it is made of", async (t) => {
  const { sink, send } = await sinkMail(t, {}, { security: "none", from: "Дозор <duty@почта.рф>" });
  await send(toldIncident({ key: "a>\r\nBcc: b@example.ru", thread: "<x@y>\r\n" }), never);
  t.match(ids(sink, "message-id"), [/^<poswatch\.message\.[0-9a-f]{32}@xn--80a1acny\.xn--p1ai>$/]);
  t.equal(sink.mails()[0]?.headers.bcc, undefined);
});
