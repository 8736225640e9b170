import { excelButton } from "../../excel/button-model.ts";
import { textFields } from "../../forms/fields.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { ListedUser, UserListing } from "./list-users.ts";

const MAX_SEARCH_LENGTH = 200;

/** What the template of `/users` shows. @param wanted what login or name contain. */
export function usersModel(viewer: Viewer, wanted: string, { users, total, page, pages }: UserListing) {
  const { t } = viewer;
  return {
    q: wanted,
    excelButton: excelButton(t, usersUrl("/users.xlsx", wanted)),
    isEmpty: users.length === 0,
    isAlone: wanted === "" && total === 1,
    users: users.map((user) => rowModel(viewer, user)),
    found: t("users.found", { count: total }),
    pages:
      pages > 1
        ? {
            previousUrl: page > 1 ? usersUrl("/users", wanted, page - 1) : null,
            current: t("users.pages.current", { page, pages }),
            nextUrl: page < pages ? usersUrl("/users", wanted, page + 1) : null,
          }
        : null,
  };
}

function rowModel({ t }: Viewer, { id, name, login, state, isAdministrator, organizations }: ListedUser) {
  return {
    ...{ name, login, isAdministrator },
    url: `/users/${id}`,
    state: { name: state, text: t(`users.state.${state}`) },
    hasNoOrganizations: organizations === 0,
    organizations: organizationsInWords(t, organizations),
  };
}

function organizationsInWords(t: Viewer["t"], organizations: ListedUser["organizations"]): string {
  if (organizations === "all") return t("users.allOrganizations");
  return organizations === 0
    ? t("users.noOrganizations")
    : t("users.organizations", { count: organizations });
}

/** What login or name are to contain. */
export function wantedUsers(query: unknown): string {
  return textFields(query, ["q"]).q.trim().slice(0, MAX_SEARCH_LENGTH);
}

export function usersUrl(path: "/users" | "/users.xlsx", q: string, page = 1): string {
  const query = new URLSearchParams({ ...(q && { q }), ...(page > 1 && { page: String(page) }) });
  return query.size > 0 ? `${path}?${query}` : path;
}
