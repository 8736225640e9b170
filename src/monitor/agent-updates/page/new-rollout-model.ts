import { fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { StartRefusal } from "../rollouts/decide-rollout.ts";
import type { OfferedUpdate } from "../rollouts/offered-update.ts";
import { WAVES } from "../rollouts/waves.ts";
import { AGENTS_URL } from "./addresses.ts";
import type { NamedPosServer } from "./list-agents.ts";

/** Why an update did not begin; `other_version`: another one has been put in its place since the form was opened. */
export type StartProblem = StartRefusal | "other_version";

/** The form that begins an update: what will happen, and with which POS server. */
export function newRolloutModel(
  { t, format }: Viewer,
  known: {
    offered: OfferedUpdate;
    updatable: { all: number };
    possibleFirst: readonly NamedPosServer[];
  },
  { first, problem }: { first: string; problem: StartProblem | null },
) {
  const { offered, updatable, possibleFirst } = known;
  const isOfField = problem === "not_candidate";
  const field = fieldsOf(t, {
    typed: { first },
    problems: isOfField ? { first: `agents.problem.${problem}` } : {},
  });
  return {
    section: "settings",
    title: t("agents.new.title", { version: offered.version }),
    subtitle: t("agents.new.subtitle", { count: updatable.all, number: format.number(updatable.all) }),
    version: offered.version,
    problem:
      problem === null || isOfField ? null : t(`agents.problem.${problem}`, { version: offered.version }),
    path: `${AGENTS_URL}/rollouts`,
    backUrl: AGENTS_URL,
    steps: WAVES.map((wave) => t(`agents.new.step.${wave}`)),
    first: {
      ...field("first", { label: t("agents.new.first"), hint: t("agents.new.firstHint") }),
      options: [
        { value: "", text: t("agents.new.any"), isChosen: first === "" },
        ...possibleFirst.map(({ id, name, organizationName }) => ({
          value: String(id),
          text: `${name} · ${organizationName}`,
          isChosen: first === String(id),
        })),
      ],
    },
  };
}
