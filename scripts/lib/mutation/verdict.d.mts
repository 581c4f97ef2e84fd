export interface Answer {
  readonly timedOut?: boolean;
  readonly error?: string;
  readonly results?: readonly {
    readonly file: string;
    readonly broken: string | null;
    readonly tests: readonly { readonly name: string; readonly status: string; readonly message: string }[];
  }[];
}

export function firstRed(
  answer: Answer,
  files: readonly string[],
): { readonly killedBy: string | null; readonly problem?: string };
