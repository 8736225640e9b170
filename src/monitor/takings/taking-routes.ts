import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { endOwnTaking, type NamedSubject, takeCare } from "../fleet/take-care.ts";
import { findTakings } from "../fleet/takings.ts";
import type { WithId } from "../forms/id.ts";
import {
  type AskedTaking,
  readTakingForm,
  type TakingForm,
  takingFormModel,
  valuesOfTaking,
} from "./taking-form.ts";

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
export function addTakingRoutes(
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
      const { current } = await findTakings(db, subject, app.clock());
      const own = current?.userId === request.signedInUser().id ? current : null;
      return await ask(reply, subject, { values: valuesOfTaking(own), problems: {} });
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
      await endOwnTaking(db, request.actor(), subject, app.clock());
      return reply.leadBackTo(subject.url);
    },
  );

  async function take(request: FastifyRequest, reply: FastifyReply, subject: ShownSubject) {
    const now = app.clock();
    const form = readTakingForm(request.body, now);
    if (form.terms === null) return await ask(reply.code(422), subject, form);
    const outcome = await takeCare(db, request.actor(), subject, form.terms, now);
    if (outcome !== "done") {
      return await ask(reply.code(409), subject, { ...form, refusal: `taking.problem.${outcome}` });
    }
    return reply.leadBackTo(subject.url);
  }

  async function ask(
    reply: FastifyReply,
    subject: ShownSubject,
    form: Pick<TakingForm, "values" | "problems"> & Pick<AskedTaking, "refusal">,
  ) {
    const now = app.clock();
    const { current } = await findTakings(db, subject, now);
    const model = takingFormModel(reply.request.viewer, subject, { current, ...form }, now);
    return await reply.dialogPage("takings/taking", model);
  }
}
