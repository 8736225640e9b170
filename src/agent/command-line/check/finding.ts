export interface Finding {
  /** `essential_missing`: without it the agent cannot do its work, and `--check` ends with 1. */
  level: "fine" | "warning" | "essential_missing";
  text: string;
}

export const fine = (text: string): Finding => ({ level: "fine", text });
export const warning = (text: string): Finding => ({ level: "warning", text });
export const essentialMissing = (text: string): Finding => ({ level: "essential_missing", text });
