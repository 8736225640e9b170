import type { FastifyInstance, FastifyRequest } from "fastify";
import { keepFindings } from "../database/keep-findings.ts";
import { sendExport } from "../excel/send-export.ts";
import { listOrganizations } from "../fleet/summary.ts";
import type { FlashKind } from "../plugins/flash.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { listTags } from "../restaurants/tags.ts";
import { dayAt } from "../viewer/local-time.ts";
import { createPlaces } from "../workers/places.ts";
import { buildReport, type Report } from "./build-report.ts";
import { chartModel } from "./chart-model.ts";
import type { ReportExportQuery } from "./export.ts";
import { filterModel, subscriptionModel } from "./filter-model.ts";
import { boundsOf, isMonth } from "./period.ts";
import { fieldsOf, parseReportQuery, REPORT_URL, type ReportQuery, reportUrl } from "./query.ts";
import { reportModel, WORST } from "./report-model.ts";
import {
  findOwnMail,
  listSubscriptions,
  type SubscriptionNotice,
  subscribe,
  unsubscribe,
} from "./subscriptions.ts";

/** Reports of people who look at the same, or turn back. */
const MAX_KEPT = 50;
const MAX_AGE_MS = 60_000;
const PLACES = { atOnce: 2, maxWaitingEach: 3, maxWaiting: 40 };
const SUBSCRIBED: FlashKind<SubscriptionNotice> = { name: "reportSubscription" };

/** `/reports/availability`: the report of a period, its Excel file, and whether it comes by mail. */
export async function reportRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const keep = keepFindings<Report>({
    database: app.database,
    clock: app.clock,
    maxKept: MAX_KEPT,
    maxAgeMs: MAX_AGE_MS,
  });

  const turn = { places: createPlaces(PLACES), busyWith: "reports" } as const;

  app.get("/reports", access, async (_request, reply) => reply.redirect(REPORT_URL, 303));

  app.get(REPORT_URL, access, async (request, reply) => {
    const { viewer } = request;
    const { id: userId } = request.signedInUser();
    const now = app.clock();
    const { asked, ...typed } = await readQuery(request, now);
    const report = await inTurn(request, reply, turn, () => reportOf(request, asked, now));
    if (report === "left") return reply.code(499).send();
    const subscriptions = await listSubscriptions(db, userId);
    const hasMail = (await findOwnMail(db, userId)) !== null;
    return await reply.page("reports/page", {
      title: viewer.t("reports.heading"),
      filter: filterModel(viewer, asked, typed, now),
      report: reportModel(viewer, report, asked.period, now),
      chart: chartModel(viewer, report, asked, now),
      subscription: {
        ...subscriptionModel(viewer, { subscriptions, hasMail }, asked, typed),
        fields: fieldsOf(asked),
        notice: request.flashed(SUBSCRIBED),
      },
    });
  });

  app.get(`${REPORT_URL}.xlsx`, { ...access, exposeHeadRoute: false }, async (request, reply) => {
    const now = app.clock();
    const { asked, isWrong, organizations, tags } = await readQuery(request, now);
    const { period } = asked;
    // The page says what; a file of something else would not.
    if (isWrong) return reply.redirect(request.url.replace(".xlsx", ""), 303);
    const nameOf = (listed: readonly { id: number; name: string }[], wanted: number | null) =>
      listed.find(({ id }) => id === wanted)?.name ?? null;
    return await sendExport<ReportExportQuery>(
      request,
      reply,
      {
        table: "report",
        module: new URL("./export.ts", import.meta.url),
        query: {
          ...asked,
          organization: nameOf(organizations, asked.organizationId),
          tag: nameOf(tags, asked.tagId),
        },
        pageUrl: reportUrl(asked),
        dated: isMonth(period) ? period.from.slice(0, 7) : `${period.from} – ${period.to}`,
      },
      now,
    );
  });

  for (const [path, isWanted] of [
    ["subscriptions", true],
    ["subscriptions/end", false],
  ] as const) {
    app.post(`${REPORT_URL}/${path}`, access, async (request, reply) => {
      const now = app.clock();
      const { asked, isWrong } = await readQuery(request, now);
      if (isWrong) return reply.redirect(reportUrl(asked), 303);
      const change = isWanted ? subscribe : unsubscribe;
      const notice = await change(db, request.signedInUser().id, asked, now);
      if (notice === null) return reply.redirect(reportUrl(asked), 303);
      return reply.flash(reportUrl(asked), SUBSCRIBED, notice);
    });
  }

  /** Of a query or a form; what the viewer may not see is reported as if it did not exist. */
  async function readQuery({ viewer, query, body }: FastifyRequest, now: number) {
    const read = parseReportQuery(body ?? query, dayAt(now, viewer.timeZone));
    const organizations = await listOrganizations(db, viewer.organizations);
    const tags = await listTags(db, viewer.organizations);
    const { asked, problems } = read;
    if (asked.organizationId !== null && !organizations.some(({ id }) => id === asked.organizationId)) {
      problems.organization = String(asked.organizationId);
      asked.organizationId = null;
    }
    if (asked.tagId !== null && !tags.some(({ id }) => id === asked.tagId)) {
      problems.tag = String(asked.tagId);
      asked.tagId = null;
    }
    const isWrong = read.periodProblem !== null || Object.keys(problems).length > 0;
    return { ...read, isWrong, organizations, tags };
  }

  function reportOf({ viewer }: FastifyRequest, asked: ReportQuery, now: number): Promise<Report> {
    const { organizations: access, timeZone } = viewer;
    const { period, organizationId, tagId } = asked;
    return keep(JSON.stringify([access, timeZone, asked]), async () => {
      const report = await buildReport(
        db,
        { access, organizationId, tagId },
        boundsOf(period, timeZone, now),
        now,
      );
      // The page shows no more, and many reports are kept.
      return { ...report, posServers: report.posServers.slice(0, WORST) };
    });
  }
}
