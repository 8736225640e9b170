import { excelButton } from "../../excel/button-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { ListedUser, UserListing } from "./list-users.ts";
import { usersUrl } from "./users-url.ts";

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
