import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WithId } from "../forms/fields.ts";
import { endOwnAcknowledgement, type NamedSubject, takeCare } from "../restaurants/acknowledge.ts";
import { findAcknowledgements } from "../restaurants/acknowledgements.ts";
import {
  acknowledgementFormModel,
  type FilledAcknowledgement,
  readAcknowledgementForm,
  valuesOfAcknowledgement,
} from "./acknowledgement-form.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

export interface ShownSubject extends NamedSubject {
  section: "pos-servers" | "incidents";
  title: string;
  subtitle: string;
  url: string;
  /** Nothing is left to take care of: an old link leads to its page. */
  isOver: boolean;
}

/**
 * `…/:id/takings` below a page: «Занимаюсь», also instead of somebody else; `/end`: «Закончить».
 * @param find what the viewer may acknowledge. @throws NotFoundError
 */
export function addAcknowledgementRoutes(
  app: FastifyInstance,
  base: "/pos-servers" | "/incidents",
  find: (request: FastifyRequest<WithId>) => Promise<ShownSubject>,
): void {
  const { db } = app.database;

  app.get<WithId>(`${base}/:id/takings/new`, ACCESS, async (request, reply) => {
    const subject = await find(request);
    if (subject.isOver) return reply.leadTo(subject.url);
    const { current } = await findAcknowledgements(db, subject, app.clock());
    const own = current?.userId === request.signedInUser().id ? current : null;
    return await showForm(reply, subject, { values: valuesOfAcknowledgement(own), problems: {} });
  });

  app.post<WithId>(`${base}/:id/takings`, ACCESS, async (request, reply) => {
    const subject = await find(request);
    const now = app.clock();
    const { terms, ...form } = readAcknowledgementForm(request.body, request.viewer.timeZone, now);
    if (terms === null) return await showForm(reply.code(422), subject, form);
    const outcome = await takeCare(db, request.actor(), subject, terms, now);
    if (outcome === "done") return reply.leadBackTo(subject.url);
    const refusal = `acknowledgement.problem.${outcome}`;
    return await showForm(reply.code(409), subject, { ...form, refusal });
  });

  app.post<WithId>(`${base}/:id/takings/end`, ACCESS, async (request, reply) => {
    const subject = await find(request);
    await endOwnAcknowledgement(db, request.actor(), subject, app.clock());
    return reply.leadBackTo(subject.url);
  });

  async function showForm(reply: FastifyReply, subject: ShownSubject, form: FilledAcknowledgement) {
    const now = app.clock();
    const { current } = await findAcknowledgements(db, subject, now);
    const model = acknowledgementFormModel(reply.request.viewer, subject, current, form, now);
    return await reply.dialogPage("acknowledgements/acknowledgement", model);
  }
}
