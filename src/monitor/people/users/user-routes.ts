import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { findRights, saveRights, seesNothing } from "../../access/save-rights.ts";
import { listTokens } from "../../access/stored-tokens.ts";
import { MAX_RIGHTS_FORM_BYTES, readTicks } from "../../access/ticks.ts";
import { findUserById, findUserNameProblem, type User } from "../../access/users.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import { readForm, readId, Text, type WithId } from "../../forms/fields.ts";
import { isOnlyHere, pageLink } from "../../installation/addresses.ts";
import type { FlashKind } from "../../plugins/flash.ts";
import { found } from "../../plugins/found.ts";
import { listSessionsOf } from "../sessions/sessions.ts";
import {
  renameUser,
  setAdministrator,
  setBlocked,
  signOutEverywhere,
  type UserChangeOutcome,
} from "./change-user.ts";
import { findInvitationExpiry, type Invited, inviteUser } from "./invitations.ts";
import {
  type AskedChange,
  administrationConfirmation,
  blockingConfirmation,
  type UserForms,
  userModel,
} from "./user-model.ts";

const NOTICES = ["saved", "signedOut"];

const UserQuery = Type.Object({ notice: Text });
const NameForm = Type.Object({ name: Text });
const BlockingForm = Type.Object({ blocked: Text });
const AdministrationForm = Type.Object({ administrator: Text });

type UserRequest = FastifyRequest<WithId>;

/** The link of a user to set a password: shown on one page and stored nowhere. */
const ISSUED_LINK: FlashKind<string> = { name: "password-link" };

/** `/users/:id`: their name, link, sessions and rights; asks before what others notice at once. */
export async function userRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: UserRequest) => readId(request.params.id) ?? 0;

  app.get("/users/:id", access, async (request: UserRequest, reply) => {
    const { notice } = readForm(UserQuery, request.query);
    const forms = { notice: NOTICES.includes(notice) ? notice : null };
    return await showUser(reply, await findUser(request), forms);
  });

  app.post("/users/:id/name", access, async (request: UserRequest, reply) => {
    const name = readForm(NameForm, request.body).name.trim();
    const problem = findUserNameProblem(name);
    if (problem) {
      return await showUser(reply.code(422), await findUser(request), { name, problems: { name: problem } });
    }
    const outcome = await renameUser(db, request.actor(), idOf(request), name, app.clock());
    return await answer(request, reply, outcome);
  });

  app.post("/users/:id/session-endings", access, async (request: UserRequest, reply) => {
    const outcome = await signOutEverywhere(db, request.actor(), idOf(request), app.clock());
    return await answer(request, reply, outcome, "signedOut");
  });

  app.get("/users/:id/invitations", access, async (request: UserRequest, reply) => {
    const user = await findUser(request);
    const { id, name, login } = user;
    const link = request.flashed(ISSUED_LINK);
    const text = request.viewer.t(link === null ? "users.linkShown" : "users.linkFor", { name, login });
    const onlyHere = link !== null && isOnlyHere(link) ? new URL(link).origin : null;
    const model = { url: `/users/${id}`, text, link, onlyHere, seesNothing: await seesNothing(db, user) };
    return await reply.page("people/users/link", model);
  });

  app.post("/users/:id/invitations", access, async (request: UserRequest, reply) => {
    const user = await findUser(request);
    const invited = await inviteUser(db, request.actor(), user.id, app.clock());
    if (invited) return await flashLink(reply, invited);
    return await showUser(reply.code(422), user, { refusal: "users.problem.blocked" });
  });

  app.get("/users/:id/blocking/new", access, async (request: UserRequest, reply) => {
    const user = await findUser(request);
    return user.isBlocked ? reply.leadTo(`/users/${user.id}`) : await ask(reply, user, "blocking");
  });

  app.post("/users/:id/blocking", access, async (request: UserRequest, reply) => {
    const isBlocked = readForm(BlockingForm, request.body).blocked === "yes";
    const outcome = await setBlocked(db, request.actor(), idOf(request), isBlocked, app.clock());
    return await answerAsked(request, reply, "blocking", outcome);
  });

  app.get("/users/:id/administration/new", access, async (request: UserRequest, reply) =>
    ask(reply, await findUser(request), "administration"),
  );

  app.post("/users/:id/administration", access, async (request: UserRequest, reply) => {
    const isAdministrator = readForm(AdministrationForm, request.body).administrator === "yes";
    const outcome = await setAdministrator(db, request.actor(), idOf(request), isAdministrator, app.clock());
    return await answerAsked(request, reply, "administration", outcome);
  });

  const rightsOptions = { ...access, bodyLimit: MAX_RIGHTS_FORM_BYTES };
  app.post("/users/:id/rights", rightsOptions, async (request: UserRequest, reply) => {
    const rights = readTicks(request.body);
    const isSaved = await saveRights(db, request.actor(), idOf(request), rights, app.clock());
    return isSaved ? reply.redirect(`/users/${idOf(request)}?notice=saved`, 303) : reply.callNotFound();
  });

  async function findUser(request: UserRequest): Promise<User> {
    return found(await findUserById(db, idOf(request)));
  }

  async function showUser(reply: FastifyReply, user: User, forms: UserForms): Promise<Buffer> {
    const now = app.clock();
    const details = {
      rights: await findRights(db, user),
      seesNothing: await seesNothing(db, user),
      organizations: await listOrganizations(db, "all"),
      invitationExpiresAt: await findInvitationExpiry(db, user.id),
      sessions: (await listSessionsOf(db, user.id, now)).length,
    };
    const model = userModel({ viewer: reply.request.viewer, user, details, forms, now });
    return await reply.page("people/users/show", model);
  }

  async function answer(
    request: UserRequest,
    reply: FastifyReply,
    outcome: UserChangeOutcome,
    notice = "saved",
  ) {
    if (outcome !== "done") return reply.callNotFound();
    return reply.redirect(`/users/${idOf(request)}?notice=${notice}`, 303);
  }

  async function ask(reply: FastifyReply, user: User, change: AskedChange, problem: string | null = null) {
    const { viewer } = reply.request;
    const now = app.clock();
    const sessions = await listSessionsOf(db, user.id, now);
    const tokens = [...(await listTokens(db, "api")), ...(await listTokens(db, "wall"))]
      .filter(({ userId, endsAt }) => userId === user.id && endsAt > now)
      .map(({ name }) => name);
    const confirm = change === "blocking" ? blockingConfirmation : administrationConfirmation;
    const model = confirm({ viewer, user, sessions: sessions.length, tokens, problem });
    return await reply.dialogPage("forms/confirmation", { ...model, section: "users" });
  }

  async function answerAsked(
    request: UserRequest,
    reply: FastifyReply,
    change: AskedChange,
    outcome: UserChangeOutcome,
  ) {
    const user = await findUser(request);
    if (outcome === "lastAdministrator") {
      return await ask(reply.code(422), user, change, "users.problem.lastAdministrator");
    }
    const isLeaving = user.id === request.signedInUser().id && !user.isAdministrator;
    return reply.leadTo(isLeaving ? "/account" : `/users/${user.id}?notice=saved`);
  }
}

/** Leads to the only page that shows a link: nothing that could show it again is stored. */
export async function flashLink(reply: FastifyReply, { user, token }: Invited): Promise<FastifyReply> {
  const link = await pageLink(reply.request, `/invitations/${token}`);
  return reply.flash(`/users/${user.id}/invitations`, ISSUED_LINK, link);
}
