import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { textFields } from "../../forms/fields.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { findUserById, findUserNameProblem } from "../registry/users.ts";
import { renameUser, signOutEverywhere, type UserChangeOutcome } from "./change-user.ts";
import { inviteUser } from "./invitations.ts";
import { showLink, tellLink } from "./show-link.ts";
import { showUser } from "./show-user.ts";

const NOTICES = ["saved", "signedOut"];

type UserRequest = FastifyRequest<WithId>;

/** `/users/:id`: their name, link and sessions. */
export async function changeUserRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: UserRequest) => readId(request.params.id) ?? 0;

  app.get("/users/:id", access, async (request: UserRequest, reply) => {
    const user = await findUserById(db, idOf(request));
    if (!user) return reply.callNotFound();
    const { q, notice } = textFields(request.query, ["q", "notice"]);
    const forms = { search: q, notice: NOTICES.includes(notice) ? notice : null };
    return await showUser(reply, user, forms);
  });

  app.post("/users/:id/name", access, async (request: UserRequest, reply) => {
    const name = textFields(request.body, ["name"]).name.trim();
    const problem = findUserNameProblem(name);
    if (problem) {
      const user = await findUserById(db, idOf(request));
      if (!user) return reply.callNotFound();
      const forms = { name, problems: { name: problem } };
      return await showUser(reply.code(422), user, forms);
    }
    const outcome = await renameUser(db, request.actor(), idOf(request), name, app.clock());
    return await answer(request, reply, outcome);
  });

  app.post("/users/:id/session-endings", access, async (request: UserRequest, reply) => {
    const outcome = await signOutEverywhere(db, request.actor(), idOf(request), app.clock());
    return await answer(request, reply, outcome, "signedOut");
  });

  app.get("/users/:id/invitations", access, async (request: UserRequest, reply) => {
    const user = await findUserById(db, idOf(request));
    return user ? await showLink(reply, user) : reply.callNotFound();
  });

  app.post("/users/:id/invitations", access, async (request: UserRequest, reply) => {
    const user = await findUserById(db, idOf(request));
    if (!user) return reply.callNotFound();
    const invited = await inviteUser(db, request.actor(), user.id, app.clock());
    if (invited) return await tellLink(reply, invited);
    const forms = { refusal: "users.problem.blocked" };
    return await showUser(reply.code(422), user, forms);
  });

  async function answer(
    request: UserRequest,
    reply: FastifyReply,
    outcome: UserChangeOutcome,
    notice = "saved",
  ) {
    if (outcome !== "done") return reply.callNotFound();
    return reply.redirect(`/users/${idOf(request)}?notice=${notice}`, 303);
  }
}
