import type { Node } from 'typescript';

export interface Target {
  readonly kind: 'statement' | 'operand' | 'argument' | 'element' | 'property' | 'link';
  readonly node: Node;
}

export interface Mark {
  readonly ids: readonly string[];
  readonly line: number;
  readonly target?: Target;
  readonly problem?: string;
}

export function findMarks(file: string, text: string): Mark[];
