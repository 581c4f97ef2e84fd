export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

export function instrument(
  file: string,
  text: string,
  firstId: number,
): { readonly text: string; readonly mutants: readonly Mutant[] };
