import type { ChannelProblem } from "../../notifications/registry/admit-channel.ts";
import { MAX_OWN_CHANNELS, MAX_SHARED_CHANNELS } from "../../notifications/registry/channel.ts";
import type { ChannelForm } from "./form.ts";

/** A form with what kept its channel from being saved, at the field that it lies in. */
export function refusalOf(form: ChannelForm, problem: ChannelProblem, isOwn: boolean): ChannelForm {
  const maxChannels = isOwn ? MAX_OWN_CHANNELS : MAX_SHARED_CHANNELS;
  const tooMany = isOwn ? "channels.problem.tooManyOwn" : "channels.problem.tooManyShared";
  const problems = {
    nameTaken: { name: "channels.problem.nameTaken" },
    noVia: { via: "channels.problem.noVia" },
    tooMany: { all: tooMany },
  };
  return { ...form, problems: problems[problem], limits: { ...form.limits, maxChannels } };
}
