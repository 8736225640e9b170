import type { InjectOptions } from "fastify";
import { ownFields, SCOPES, type Scope } from "../../src/monitor/access/api-tokens.ts";
import { addToken, listTokens, type NewToken } from "../../src/monitor/access/stored-tokens.ts";
import type { TestMonitor } from "./app.ts";

interface TestToken {
  name?: string;
  scopes?: readonly Scope[];
  days?: number;
  organizations?: readonly number[] | "all";
  /** Of its maker; null = it was made at the command line. */
  userId?: number | null;
}

type WantedToken = Omit<NewToken, "rights"> & { organizations: readonly number[] | "all" };

/** Makes a token of either kind. */
export async function makeToken(
  { db, clock }: TestMonitor,
  maker: Parameters<typeof addToken>[1],
  kind: "api" | "wall",
  { organizations, ...wanted }: WantedToken,
) {
  const hasAll = organizations === "all";
  const rights = { hasAll, organizationIds: new Set(hasAll ? [] : organizations) };
  const token = await addToken(db, maker, kind, { ...wanted, rights }, clock());
  const [newest] = await listTokens(db, kind);
  if (token === null || !newest) throw new Error("The token was not made");
  return { id: newest.id, token };
}

/** Makes a token with every scope, for all organizations unless told, and asks by it. */
export async function addApiToken(monitor: TestMonitor, changes: TestToken = {}) {
  const { organizations = "all", userId = null, name = "Служба поддержки" } = changes;
  const { scopes = SCOPES, days = 90 } = changes;
  const { app } = monitor;
  const maker = { userId, login: "cli", name: userId === null ? null : "Анна", address: "cli" };
  const wanted = { name, organizations, days, ...ownFields(scopes) };
  const { id, token } = await makeToken(monitor, maker, "api", wanted);
  const authorization = `Bearer ${token}`;

  async function ask(method: "GET" | "POST", url: string, options: InjectOptions = {}) {
    const headers = { authorization, ...options.headers };
    return await app.inject({ ...options, method, url: `/api/v1${url}`, headers });
  }
  return {
    id,
    token,
    authorization,
    get: (url: string, headers: Record<string, string> = {}) => ask("GET", url, { headers }),
    post: (url: string, payload?: object, headers: Record<string, string> = {}) =>
      ask("POST", url, { ...(payload && { payload }), headers }),
    ask,
  };
}
