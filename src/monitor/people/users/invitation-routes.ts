import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Attempt, createAttemptLimit } from "../../access/attempt-limit.ts";
import { findPasswordProblems, hashPassword } from "../../access/passwords.ts";
import type { User } from "../../access/users.ts";
import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import { readForm, Text } from "../../forms/fields.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { endSession } from "../sessions/sessions.ts";
import { acceptInvitation, findInvitedUser } from "./invitations.ts";

/** With links that are no good, and passwords that are being set, from an address. */
const ATTEMPTS = 20;

const NewPasswordForm = Type.Object({ password: Text, repeated: Text });

type InvitationRequest = FastifyRequest<{ Params: { token: string } }>;

/** `/invitations/:token`: whoever has the link sets the password of its user, once. The token is a secret. */
export async function acceptInvitationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "public" } } as const;
  const limit = createAttemptLimit(ATTEMPTS);

  app.get("/invitations/:token", access, async (request: InvitationRequest, reply) => {
    const attempt = await limit.take(request.ip);
    const invited = attempt && (await findInvitedUser(db, request.params.token, app.clock()));
    if (!invited) return await refuse(reply, attempt);
    await attempt.giveBack();
    return await reply.page("people/users/invitation", invitationModel(request.viewer, invited, {}));
  });

  app.post("/invitations/:token", access, async (request: InvitationRequest, reply) => {
    const attempt = await limit.take(request.ip);
    const invited = attempt && (await findInvitedUser(db, request.params.token, app.clock()));
    if (!invited) return await refuse(reply, attempt);
    const typed = readForm(NewPasswordForm, request.body);
    const problems = findPasswordProblems(invited.login, typed);
    if (Object.keys(problems).length > 0) {
      await attempt.giveBack();
      const model = invitationModel(request.viewer, invited, problems);
      return await reply.code(422).page("people/users/invitation", model);
    }

    const passwordHash = await hashPassword(typed.password);
    const acceptance = { token: request.params.token, passwordHash, address: request.ip };
    const user = await acceptInvitation(db, acceptance, app.clock());
    if (!user) return await refuse(reply, attempt);
    await attempt.giveBack();
    const { user: before } = request.viewer;
    if (before) await endSession(db, before.sessionId);
    await reply.signIn(user.id);
    return reply.redirect("/pos-servers", 303);
  });

  /** Answers alike for links that are unknown, used or expired; after too many of them no link is looked up for a while. */
  async function refuse(reply: FastifyReply, attempt: Attempt | null) {
    const { t } = reply.request.viewer;
    const reason = attempt ? "gone" : "tooMany";
    const model = {
      title: t(`invitation.${reason}Title`),
      text: t(`invitation.${reason}Text`),
      url: "/login",
    };
    return await reply.code(attempt ? 404 : 429).page("people/users/invitation-gone", model);
  }
}

/** A user who is signed in here is not named. */
function invitationModel(
  { t }: Viewer,
  { name, login }: Pick<User, "name" | "login">,
  problems: FilledForm["problems"],
) {
  const field = fieldsOf(t, { typed: {}, problems });
  const secret = { type: "password", autocomplete: "new-password", isRequired: true };
  return {
    user: null,
    text: t("invitation.text", { name }),
    login,
    fields: [
      field("password", {
        ...secret,
        label: t("account.password"),
        isFocused: true,
        hint: t("password.hint"),
      }),
      field("repeated", { ...secret, label: t("account.repeated") }),
    ],
  };
}
