import { type FilledForm, fieldsOf } from "../forms/field-model.ts";
import type { FlashKind } from "../plugins/flash.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { MAX_NAME_LENGTH, MAX_VIEWS, type SavedView } from "./saved-views.ts";

/** One's own views, and the form for another one. @param url of the list to save; null when nobody came from one. */
export function savedViewsModel({ t }: Viewer, views: SavedView[], url: string | null, form: FilledForm) {
  const field = fieldsOf(t, { ...form, limits: { maxLength: MAX_NAME_LENGTH, max: MAX_VIEWS } });
  return {
    listUrl: url ?? "/pos-servers",
    form: url && {
      url,
      field: field("name", { label: t("savedViews.name"), isRequired: true, isFocused: true }),
    },
    views: views.map(({ id, ...view }) => ({
      ...view,
      deletionUrl: `/saved-views/${id}/deletion`,
      deletionLabel: t("savedViews.delete", { name: view.name }),
    })),
  };
}

/** What the list tells once of a view that was saved: its name. */
export const VIEW_SAVED: FlashKind<string> = { name: "view saved" };

/** The menu of the list: one's own views, and where the one that is shown is saved. */
export function savedViewsMenu(views: SavedView[], url: string) {
  return {
    views: views.map((view) => ({ ...view, isCurrent: view.url === url })),
    saveUrl: `/saved-views?${new URLSearchParams({ list: url })}`,
  };
}
