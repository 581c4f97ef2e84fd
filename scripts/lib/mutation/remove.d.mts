import type { SourceFile, TypeChecker } from 'typescript';
import type { Target } from './marks.mjs';

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function removal(
  target: Target,
  typesOf: () => { checker: TypeChecker; source: SourceFile },
): Edit | { readonly problem: string };

export function apply(text: string, edit: Edit): string;
