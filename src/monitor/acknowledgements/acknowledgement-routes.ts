import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WithId } from "../forms/id.ts";
import { endOwnAcknowledgement, type NamedSubject, takeCare } from "../restaurants/acknowledge.ts";
import { findAcknowledgements } from "../restaurants/acknowledgements.ts";
import {
  type AcknowledgementForm,
  type AskedAcknowledgement,
  acknowledgementFormModel,
  readAcknowledgementForm,
  valuesOfAcknowledgement,
} from "./acknowledgement-form.ts";

/** What is taken, as the dialog names it, and the page that one is led back to. */
export interface ShownSubject extends NamedSubject {
  /** Of the navigation. */
  section: "pos-servers" | "incidents";
  title: string;
  subtitle: string;
  url: string;
  /** There is nothing to take any more: who followed an old link is led to its page. */
  isOver: boolean;
}

/**
 * `…/:id/takings` below a page: «Занимаюсь», also instead of somebody else; `/end`: «Закончить».
 * @param find what the viewer may take; null = there is nothing of theirs.
 */
export function addAcknowledgementRoutes(
  app: FastifyInstance,
  base: "/pos-servers" | "/incidents",
  find: (request: FastifyRequest<WithId>) => Promise<ShownSubject | null>,
): void {
  const { db } = app.database;

  app.get<WithId>(
    `${base}/:id/takings/new`,
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const subject = await find(request);
      if (!subject) return reply.callNotFound();
      if (subject.isOver) return reply.leadTo(subject.url);
      const { current } = await findAcknowledgements(db, subject, app.clock());
      const own = current?.userId === request.signedInUser().id ? current : null;
      return await ask(reply, subject, { values: valuesOfAcknowledgement(own), problems: {} });
    },
  );

  app.post<WithId>(`${base}/:id/takings`, { config: { access: "outlet_setup" } }, async (request, reply) => {
    const subject = await find(request);
    if (!subject) return reply.callNotFound();
    return await take(request, reply, subject);
  });

  app.post<WithId>(
    `${base}/:id/takings/end`,
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const subject = await find(request);
      if (!subject) return reply.callNotFound();
      await endOwnAcknowledgement(db, request.actor(), subject, app.clock());
      return reply.leadBackTo(subject.url);
    },
  );

  async function take(request: FastifyRequest, reply: FastifyReply, subject: ShownSubject) {
    const now = app.clock();
    const form = readAcknowledgementForm(request.body, now);
    if (form.terms === null) return await ask(reply.code(422), subject, form);
    const outcome = await takeCare(db, request.actor(), subject, form.terms, now);
    if (outcome !== "done") {
      return await ask(reply.code(409), subject, { ...form, refusal: `acknowledgement.problem.${outcome}` });
    }
    return reply.leadBackTo(subject.url);
  }

  async function ask(
    reply: FastifyReply,
    subject: ShownSubject,
    form: Pick<AcknowledgementForm, "values" | "problems"> & Pick<AskedAcknowledgement, "refusal">,
  ) {
    const now = app.clock();
    const { current } = await findAcknowledgements(db, subject, now);
    const model = acknowledgementFormModel(reply.request.viewer, subject, { current, ...form }, now);
    return await reply.dialogPage("acknowledgements/acknowledgement", model);
  }
}
