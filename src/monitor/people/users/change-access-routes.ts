import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { textFields } from "../../forms/fields.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { findUserById, type User } from "../registry/users.ts";
import { listSessionsOf } from "../sessions/sessions.ts";
import { type AskedChange, administrationConfirmation, blockingConfirmation } from "./access-model.ts";
import { setAdministrator, setBlocked, type UserChangeOutcome } from "./change-user.ts";

type UserRequest = FastifyRequest<WithId>;

/** `/users/:id/blocking` and `/users/:id/administration`: asked before they are done, where others notice it at once. */
export async function changeAccessRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: UserRequest) => readId(request.params.id) ?? 0;

  app.get("/users/:id/blocking/new", access, async (request: UserRequest, reply) => {
    const user = await findUserById(db, idOf(request));
    if (!user) return reply.callNotFound();
    return user.isBlocked ? reply.leadTo(`/users/${user.id}`) : await ask(reply, user, "blocking");
  });

  app.post("/users/:id/blocking", access, async (request: UserRequest, reply) => {
    const isBlocked = textFields(request.body, ["blocked"]).blocked === "yes";
    const outcome = await setBlocked(db, request.actor(), idOf(request), isBlocked, app.clock());
    return await answer(request, reply, "blocking", outcome);
  });

  app.get("/users/:id/administration/new", access, async (request: UserRequest, reply) => {
    const user = await findUserById(db, idOf(request));
    return user ? await ask(reply, user, "administration") : reply.callNotFound();
  });

  app.post("/users/:id/administration", access, async (request: UserRequest, reply) => {
    const isAdministrator = textFields(request.body, ["administrator"]).administrator === "yes";
    const outcome = await setAdministrator(db, request.actor(), idOf(request), isAdministrator, app.clock());
    return await answer(request, reply, "administration", outcome);
  });

  async function ask(reply: FastifyReply, user: User, change: AskedChange, problem: string | null = null) {
    const { viewer } = reply.request;
    const sessions = await listSessionsOf(db, user.id, app.clock());
    const confirm = change === "blocking" ? blockingConfirmation : administrationConfirmation;
    const model = confirm({ viewer, user, sessions: sessions.length, problem });
    return await reply.dialogPage("forms/confirmation", { ...model, section: "users" });
  }

  async function answer(
    request: UserRequest,
    reply: FastifyReply,
    change: AskedChange,
    outcome: UserChangeOutcome,
  ) {
    const user = await findUserById(db, idOf(request));
    if (outcome === "unknown" || !user) return reply.callNotFound();
    if (outcome === "lastAdministrator") {
      return await ask(reply.code(422), user, change, "users.problem.lastAdministrator");
    }
    const isLeaving = user.id === request.signedInUser().id && !user.isAdministrator;
    return reply.leadTo(isLeaving ? "/account" : `/users/${user.id}?notice=saved`);
  }
}
