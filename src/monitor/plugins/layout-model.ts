import { hasAnyRight } from "../viewer/access.ts";
import { LANGUAGES } from "../viewer/language.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What the layout shows of every page's viewer. */
export function layoutModel(viewer: Viewer) {
  const { t, format, language, timeZone, user, organizations } = viewer;
  return {
    ...{ t, format, language, timeZone, user },
    hasDialog: hasAnyRight(organizations),
    mayBeTold: hasAnyRight(organizations),
    otherLanguage: LANGUAGES.find((other) => other !== language),
    sections: (current?: string) => sectionLinks(viewer, current),
  };
}

/** The sections that the viewer may open. */
function sectionLinks({ t, user, organizations }: Viewer, current?: string) {
  const isAdministrator = user?.isAdministrator ?? false;
  const sections = [
    { name: "pos-servers", title: t("posServers.title"), isShown: hasAnyRight(organizations) },
    { name: "incidents", title: t("incident.title"), isShown: hasAnyRight(organizations) },
    { name: "organizations", title: t("navigation.organizations"), isShown: isAdministrator },
    { name: "users", title: t("navigation.users"), isShown: isAdministrator },
    { name: "audit", title: t("navigation.audit"), isShown: true },
    { name: "settings", title: t("navigation.settings"), isShown: isAdministrator },
  ];
  return sections
    .filter(({ isShown }) => isShown)
    .map(({ name, title }) => ({ url: `/${name}`, title, isCurrent: name === current }));
}
