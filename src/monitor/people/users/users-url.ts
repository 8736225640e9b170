import { textFields } from "../../forms/fields.ts";

const MAX_SEARCH_LENGTH = 200;

/** What login or name are to contain. */
export function wantedUsers(query: unknown): string {
  return textFields(query, ["q"]).q.trim().slice(0, MAX_SEARCH_LENGTH);
}

export function usersUrl(path: "/users" | "/users.xlsx", q: string, page = 1): string {
  const query = new URLSearchParams({ ...(q && { q }), ...(page > 1 && { page: String(page) }) });
  return query.size > 0 ? `${path}?${query}` : path;
}
