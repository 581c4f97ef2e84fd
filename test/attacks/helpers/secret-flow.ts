/**
 * Where a piece of source lets a secret decide what is done next or which element of an array is read: both show in the
 * time that it takes. Secret is what is read out of an array, unless the array is named as public, and what is computed
 * from it. Arrays as such, their lengths and loop counters are not.
 */
import ts from 'typescript';

export interface FlowRules {
  /** Arrays whose elements are public. */
  readonly publicArrays?: readonly string[];
  /** Parameters and variables that are secret from the start. */
  readonly secrets?: readonly string[];
  /** Functions that are looked at by a person instead, each for a reason that its user gives. */
  readonly exempt?: readonly string[];
}

/** 'line: text' of every branch and index that depends on a secret. */
export function secretDecisions(text: string, rules: FlowRules = {}): string[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true);
  const known = new Set(rules.secrets);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    visit(source, (node) => noteSecrets(node, known, rules));
  }
  const found: string[] = [];
  visit(source, (node) => {
    if (ts.isFunctionDeclaration(node) && rules.exempt?.includes(node.name?.text ?? '') === true)
      return false;
    for (const decision of decisions(node)) {
      if (!isSecret(decision, known, rules)) continue;
      const { line } = source.getLineAndCharacterOfPosition(decision.getStart());
      found.push(`${line + 1}: ${decision.getText()}`);
    }
    return true;
  });
  return found;
}

function visit(node: ts.Node, each: (node: ts.Node) => boolean | void): void {
  if (each(node) === false) return;
  node.forEachChild((child) => visit(child, each));
}

/** What decides: conditions, and indexes. */
function decisions(node: ts.Node): ts.Expression[] {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return [node.expression];
  if (ts.isForStatement(node)) return node.condition === undefined ? [] : [node.condition];
  if (ts.isConditionalExpression(node)) return [node.condition];
  if (ts.isSwitchStatement(node)) return [node.expression];
  if (ts.isElementAccessExpression(node)) return [node.argumentExpression];
  const lazy = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken];
  if (ts.isBinaryExpression(node) && lazy.includes(node.operatorToken.kind)) return [node.left];
  const isLookUp =
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ['get', 'has', 'at', 'charAt', 'subarray', 'slice'].includes(node.expression.name.text);
  return isLookUp ? [...node.arguments] : [];
}

/** Variables that something secret is put into. */
function noteSecrets(node: ts.Node, known: Set<string>, rules: FlowRules): void {
  const note = (target: ts.Node, value: ts.Node): void => {
    if (ts.isIdentifier(target) && isSecret(value, known, rules)) known.add(target.text);
  };
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined) note(node.name, node.initializer);
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) note(node.left, node.right);
}

function isSecret(node: ts.Node, known: ReadonlySet<string>, rules: FlowRules): boolean {
  if (ts.isIdentifier(node)) return known.has(node.text);
  // The length of an array is public whatever it holds, and so is a function that only closes over secrets.
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'length') return false;
  if (ts.isFunctionLike(node)) return false;
  if (ts.isElementAccessExpression(node)) {
    const array = node.expression.getText();
    return rules.publicArrays?.includes(array) !== true || isSecret(node.argumentExpression, known, rules);
  }
  return node.getChildren().some((child) => isSecret(child, known, rules));
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
