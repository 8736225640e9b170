import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { listOrganizations } from "../fleet/summary.ts";
import { type FilledForm, fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { organizationsInWords } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Rights } from "./save-rights.ts";
import {
  addToken,
  type ListedToken,
  listTokens,
  MAX_NAME_LENGTH,
  type NewToken,
  removeToken,
  TERMS,
  type TokenKind,
} from "./stored-tokens.ts";
import { MAX_RIGHTS_FORM_BYTES, NO_RIGHTS, readTicks, ticksModel } from "./ticks.ts";

/** The parts of the pages that differ between API tokens and links to the wall. */
interface TokenPages {
  kind: TokenKind;
  rowModel(token: ListedToken): object;
  /** As the fields of a new one begin. */
  typed: Record<string, string> & { days: string };
  fieldsModel(viewer: Viewer, form: FilledForm, field: ReturnType<typeof fieldsOf>, now: number): object;
  /** @returns `own`: null when there are problems. */
  readFields(body: unknown, rights: Rights): FilledForm & { own: OwnFields | null };
  madeModel(request: FastifyRequest, token: string): Promise<object>;
}

export type OwnFields = Pick<NewToken, "columns" | "detail">;

const TokensQuery = Type.Object({ notice: Text });
const NewTokenForm = Type.Object({ name: Text, days: Text });

/** `/settings/<kind>`: the tokens of a kind, which system administrators make and, after a question, take back. */
export function tokenRoutes(app: FastifyInstance, pages: TokenPages): void {
  const { db } = app.database;
  const { kind } = pages;
  const url = `/settings/${kind}`;
  const words = kind === "api" ? "apiTokens" : "wallTokens";
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: FastifyRequest<WithId>) => readId(request.params.id) ?? 0;

  app.get(url, access, async ({ viewer, query }, reply) => {
    const isRemoved = readForm(TokensQuery, query).notice === "removed";
    const now = app.clock();
    const tokens = (await listTokens(db, kind)).map((token) => ({
      ...rowModel(viewer, token, now),
      ...pages.rowModel(token),
    }));
    return await reply.settingsPage(`${kind}/tokens`, { tokens, isRemoved });
  });

  app.get(`${url}/tokens/new`, access, async (_request, reply) => {
    return await showForm(reply, { typed: pages.typed, problems: {} }, NO_RIGHTS);
  });

  app.post(`${url}/tokens`, { ...access, bodyLimit: MAX_RIGHTS_FORM_BYTES }, async (request, reply) => {
    const { body, viewer } = request;
    const now = app.clock();
    const rights = readTicks(body);
    const sent = readForm(NewTokenForm, body);
    const name = sent.name.trim();
    const days = TERMS.find((one) => String(one) === sent.days);
    const { own, ...form } = pages.readFields(body, rights);
    const problems = {
      ...form.problems,
      ...(name === "" && { name: "form.required" }),
      ...(name.length > MAX_NAME_LENGTH && { name: "tokens.tooLong" }),
      ...(days === undefined && { days: "tokens.problem.term" }),
    };
    const isRight = own !== null && days !== undefined && Object.keys(problems).length === 0;
    const token = isRight
      ? await addToken(db, request.actor(), kind, { name, rights, days, ...own }, now)
      : null;
    if (token === null) {
      const isUnseeing = isRight || (!rights.hasAll && rights.organizationIds.size === 0);
      const organizations = isUnseeing ? { organizations: "rule.problem.noOrganization" } : {};
      const typed = { ...form.typed, name, days: sent.days };
      return await showForm(reply.code(422), { typed, problems: { ...problems, ...organizations } }, rights);
    }
    // The only page that ever shows it: just its hash is stored.
    const text = viewer.t(`${words}.madeFor`, { name });
    return await reply.page(`${kind}/made-token`, { text, ...(await pages.madeModel(request, token)) });
  });

  app.get<WithId>(`${url}/tokens/:id/removal/new`, access, async (request, reply) => {
    const { name } = found((await listTokens(db, kind)).find(({ id }) => id === idOf(request)));
    const { t } = request.viewer;
    return await reply.dialogPage("forms/confirmation", {
      title: t(`${words}.removal.title`, { name }),
      subtitle: t(`${words}.title`),
      texts: [t(`${words}.removal.text`), t(`${words}.removal.wayBack`)],
      path: `${url}/tokens/${idOf(request)}/removal`,
      submit: t(`${words}.remove`),
      isDanger: true,
      backUrl: url,
      section: "settings",
    });
  });

  app.post<WithId>(`${url}/tokens/:id/removal`, access, async (request, reply) => {
    const isRemoved = await removeToken(db, request.actor(), kind, idOf(request), app.clock());
    return isRemoved ? reply.leadTo(`${url}?notice=removed`) : reply.callNotFound();
  });

  function rowModel({ t, format }: Viewer, token: ListedToken, now: number) {
    const { id, name, userId, userName, organizations, usedAt, endsAt } = token;
    return {
      name,
      organizations: organizationsInWords({ t }, organizations),
      madeBy: userId === null ? t("audit.commandLine") : userName,
      endsAt: format.stamp(endsAt, now),
      end: endInWords(t, token, now),
      usedAt: usedAt === null ? null : format.stamp(usedAt, now),
      removeUrl: `${url}/tokens/${id}/removal/new`,
      removeLabel: t(`${words}.removeNamed`, { name }),
    };
  }

  async function showForm(reply: FastifyReply, form: FilledForm, rights: Rights) {
    const { viewer } = reply.request;
    const { t } = viewer;
    const { problems } = form;
    const field = fieldsOf(t, { ...form, limits: { maxLength: MAX_NAME_LENGTH } });
    const label = t(`${words}.name`);
    return await reply.page(`${kind}/new-token`, {
      hasProblems: Object.keys(problems).length > 0,
      name: field("name", { label, isRequired: true, isFocused: true, hint: t(`${words}.nameHint`) }),
      terms: field("days", {
        label: t("tokens.term"),
        choices: TERMS.map((days) => [days, t("posServers.period.days", { count: days })]),
      }),
      ...pages.fieldsModel(viewer, form, field, app.clock()),
      organizationsProblem: problems.organizations ? t(problems.organizations) : null,
      rights: ticksModel(viewer, { organizations: await listOrganizations(db, "all"), rights }),
    });
  }
}

/** Why a token is invalid or limited, in the viewer's language; null = neither. */
function endInWords(t: Viewer["t"], { endsAt, isDead, isNarrowed }: ListedToken, now: number): string | null {
  if (endsAt <= now) return t("tokens.ended");
  if (isDead) return t("tokens.makerBlocked");
  return isNarrowed ? t("tokens.makerDemoted") : null;
}
