/**
 * One text that holds all mutants of a file. Each asks `__mutant(id)` where it would differ, so that a mutant is switched
 * on without loading anything again, and so that it is known which test comes by.
 */
import ts from 'typescript';
import { changesOf, isEffect, isLeftAlone } from './operators.mjs';

/**
 * @param {string} file
 * @param {string} text
 * @param {number} firstId
 * @returns `{ text, mutants: [{ id, file, line, column, what, from, to }] }`
 */
export function instrument(file, text, firstId) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const mutants = [];

  const add = (node, what, to) => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart());
    const id = firstId + mutants.length;
    mutants.push({ id, file, line: line + 1, column: character + 1, what, from: node.getText(), to });
    return id;
  };

  const render = (node) => {
    if (node !== source && isLeftAlone(node)) return node.getText();
    const inside = renderChildren(node);
    if (isEffect(node)) return `{ if (!__mutant(${add(node, 'statement', '')})) ${inside} }`;
    if (!isExpression(node)) return inside;
    const switches = changesOf(node).map(
      ({ what, text: to }) => `__mutant(${add(node, what, to)}) ? (${to}) : `,
    );
    return switches.length === 0 ? inside : `(${switches.join('')}(${inside}))`;
  };

  const renderChildren = (node) => {
    let out = '';
    let from = node === source ? 0 : node.getStart();
    ts.forEachChild(node, (child) => {
      out += text.slice(from, child.getStart()) + render(child);
      from = child.end;
    });
    return out + text.slice(from, node.end);
  };

  return { text: render(source), mutants };
}

/** Where a value is computed; not a name, not the target of an assignment. */
function isExpression(node) {
  const { parent } = node;
  if (parent === undefined || !ts.isExpression(node)) return false;
  if (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    ts.isAssignmentOperator(parent.operatorToken.kind)
  ) {
    return false;
  }
  return true;
}
