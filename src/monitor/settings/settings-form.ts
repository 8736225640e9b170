import { parseHttpUrl } from "../../protocol/http-url.ts";
import { type MonitorAddressProblem, readMonitorAddress } from "../../protocol/monitor-address.ts";
import { versionSortKey } from "../../protocol/versions.ts";
import { isBelow } from "../fleet/state.ts";
import { hasPath } from "../installation/addresses.ts";
import { MAX_ADDRESS_LENGTH, MAX_ADDRESSES_LENGTH, type Settings } from "../installation/settings.ts";
import { isCallable } from "../outgoing/allowed-address.ts";
import { MAX_WITNESSES, readWitnesses, writeWitnesses } from "../polling/own-network/witnesses.ts";
import { boundsOf, type SettingField } from "./fields.ts";

const WHOLE_NUMBER = /^\d{1,9}$/;
const ADDRESS_MESSAGES: Record<MonitorAddressProblem, string> = {
  malformed: "address",
  superfluous: "addressWithMore",
  without_tls: "addressWithoutTls",
};

interface SettingProblem {
  message: string;
  values?: Record<string, number | string>;
}
export type SettingProblems = Partial<Record<string, SettingProblem>>;

type Understood<Value = string | number | boolean> = { value: Value } | { problem: SettingProblem };

/** The settings of these fields, with the others as they were, or what is wrong, by field. @param mayHavePath of the agents' address. */
export function readSettingsForm(
  fields: readonly SettingField[],
  typed: Record<string, string>,
  before: Settings,
  mayHavePath: boolean,
): { ok: true; settings: Settings } | { ok: false; problems: SettingProblems } {
  const settings: Settings = { ...before };
  const problems: SettingProblems = {};
  for (const field of fields) {
    const understood = readField(field, (typed[field.name] ?? "").trim(), mayHavePath);
    if ("problem" in understood) problems[field.name] = understood.problem;
    else Object.assign(settings, { [field.setting]: understood.value });
  }
  const { requiredVersion, minimumVersion } = settings;
  const areVersionsRight = !problems.minimumVersion && !problems.requiredVersion;
  if (areVersionsRight && requiredVersion && isBelow(requiredVersion, minimumVersion)) {
    problems.requiredVersion = { message: "settings.problem.belowMinimum" };
  }
  return Object.keys(problems).length > 0 ? { ok: false, problems } : { ok: true, settings };
}

function readField(field: SettingField, text: string, mayHavePath: boolean): Understood {
  switch (field.kind) {
    case "version":
      return readVersion(text, field.setting === "requiredVersion");
    case "address":
      return readAddress(text, mayHavePath);
    case "witnesses":
      return readWitnessesField(text);
    case "url":
      return readUrl(text);
    case "switch":
      return { value: text !== "" };
    case "number": {
      const bounds = boundsOf(field);
      const number = WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
      const isAllowed = number >= bounds.minimum && number <= bounds.maximum;
      return isAllowed
        ? { value: number * field.unitSize }
        : { problem: { message: "settings.problem.number", values: bounds } };
    }
  }
}

function readVersion(text: string, mayBeEmpty: boolean): Understood {
  const isAllowed = text === "" ? mayBeEmpty : versionSortKey(text) !== null;
  return isAllowed ? { value: text } : { problem: { message: "settings.problem.version" } };
}

/** @param mayHavePath whether agents reach the monitor through a proxy that takes the path off. */
export function readAddress(text: string, mayHavePath: boolean): Understood<string> {
  if (text === "") return { value: "" };
  const read = readMonitorAddress(text);
  if ("problem" in read) {
    return { problem: { message: `settings.problem.${ADDRESS_MESSAGES[read.problem]}` } };
  }
  if (hasPath(read.address) && !mayHavePath)
    return { problem: { message: "settings.problem.addressWithPath" } };
  const isAllowed = read.address.length <= MAX_ADDRESS_LENGTH;
  return isAllowed ? { value: read.address } : { problem: { message: "settings.problem.address" } };
}

function readWitnessesField(text: string): Understood<string> {
  const read = readWitnesses(text);
  if ("witnesses" in read) return { value: writeWitnesses(read.witnesses) };
  const { problem } = read;
  return problem.kind === "too_many"
    ? { problem: { message: "settings.problem.tooManyWitnesses", values: { maximum: MAX_WITNESSES } } }
    : { problem: { message: `settings.problem.witness_${problem.kind}`, values: { address: problem.text } } };
}

function readUrl(text: string): Understood<string> {
  if (text === "") return { value: "" };
  const url = parseHttpUrl(text);
  if (!url || text.length > MAX_ADDRESSES_LENGTH || url.username || url.password)
    return { problem: { message: "settings.problem.url" } };
  const { href } = url;
  return isCallable(url.hostname) ? { value: href } : { problem: { message: "settings.problem.urlRefused" } };
}
