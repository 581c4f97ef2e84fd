/**
 * The small changes that scripts/mutate-protocol makes. Not to strings, templates, objects and arrays, nor to anything
 * inside the text of a message: what a message says is not what the protocol does.
 */
import ts from 'typescript';

const K = ts.SyntaxKind;

/** operator → what is put in its place, each by itself */
const SWAPS = new Map([
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.LessThanLessThanToken, ['>>>']],
  [K.GreaterThanGreaterThanToken, ['<<']],
  [K.GreaterThanGreaterThanGreaterThanToken, ['<<']],
  [K.AmpersandToken, ['|']],
  [K.BarToken, ['&']],
  [K.CaretToken, ['&']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
  [K.BarEqualsToken, ['&=']],
  [K.AmpersandEqualsToken, ['|=']],
]);
const CHAINS = [K.AmpersandAmpersandToken, K.BarBarToken, K.QuestionQuestionToken];

/** method → the method put in its place, or null: the call is left out of the chain */
const METHODS = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
  ['filter', null],
  ['sort', null],
  ['toSorted', null],
  ['reverse', null],
]);
/** Their arguments are the text of a message. */
const SPEAKERS =
  /^(?:refuse|malformed|blame\w*|(?:Type|Range|Blindsum)?Error|BlindsumError|KeyAgreementError)$/;

/** Types, imports and texts: nothing in them is changed. */
export function isLeftAlone(node) {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isTemplateExpression(node) ||
    isMessage(node)
  );
}

function isMessage(node) {
  const { parent } = node;
  if (!(ts.isCallExpression(parent) || ts.isNewExpression(parent)) || node === parent.expression)
    return false;
  return SPEAKERS.test(parent.expression.getText());
}

/** @returns the changes of an expression: `{ what, text }`, the text of the whole expression after it */
export function changesOf(node) {
  const raw = node.getText();
  const changes = isCondition(node)
    ? [change('condition', 'true'), change('condition', 'false')].slice(isLoopCondition(node) ? 1 : 0)
    : [];
  if (ts.isBinaryExpression(node)) changes.push(...ofBinary(node));
  else if (ts.isPrefixUnaryExpression(node)) changes.push(...ofUnary(node, raw));
  else if (ts.isPostfixUnaryExpression(node)) {
    const other = node.operator === K.PlusPlusToken ? '--' : '++';
    changes.push(change('arithmetic', `${node.operand.getText()}${other}`));
  } else if (ts.isNumericLiteral(node) && !isName(node)) {
    changes.push(change('number', `(${raw} + 1)`), change('number', `(${raw} - 1)`));
  } else if (ts.isCallExpression(node)) changes.push(...ofCall(node));
  else if (node.kind === K.TrueKeyword) changes.push(change('boolean', 'false'));
  else if (node.kind === K.FalseKeyword) changes.push(change('boolean', 'true'));
  return changes;
}

/** Whether the statement does something that could be left out, and is not all that a condition guards. */
export function isEffect(node) {
  if (ts.isContinueStatement(node) || ts.isBreakStatement(node)) return !isOnly(node);
  return ts.isExpressionStatement(node) && !ts.isStringLiteral(node.expression) && !isOnly(node);
}

/** All that an `if` without else does: leaving it out is the condition that never holds. */
function isOnly(node) {
  const body = ts.isBlock(node.parent) && node.parent.statements.length === 1 ? node.parent : node;
  return ts.isIfStatement(body.parent) && body.parent.elseStatement === undefined;
}

const change = (what, text) => ({ what, text });

function isCondition(node) {
  const { parent } = node;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  return (ts.isForStatement(parent) || ts.isConditionalExpression(parent)) && parent.condition === node;
}

function isLoopCondition({ parent }) {
  return ts.isForStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent);
}

function ofBinary(node) {
  const left = node.left.getText();
  const right = node.right.getText();
  const { kind } = node.operatorToken;
  if (CHAINS.includes(kind)) {
    const swapped = kind === K.AmpersandAmpersandToken ? '||' : '&&';
    return [
      change('operand', left),
      change('operand', right),
      change('logical', `(${left}) ${swapped} (${right})`),
    ];
  }
  if (kind === K.PlusToken && [node.left, node.right].some(isText)) return [];
  return (SWAPS.get(kind) ?? []).map((operator) => change('operator', `${left} ${operator} ${right}`));
}

function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function ofUnary(node, raw) {
  const operand = node.operand.getText();
  switch (node.operator) {
    case K.ExclamationToken:
      return [change('negation', operand)];
    case K.MinusToken:
      return [change('arithmetic', operand)];
    case K.PlusPlusToken:
    case K.MinusMinusToken:
      return [change('arithmetic', raw.startsWith('++') ? `--${operand}` : `++${operand}`)];
    default:
      return [];
  }
}

function ofCall(node) {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression) || !METHODS.has(expression.name.text)) return [];
  // A piece of an optional chain cannot be put in brackets.
  if ((node.flags & ts.NodeFlags.OptionalChain) !== 0) return [];
  const other = METHODS.get(expression.name.text);
  const on = expression.expression.getText();
  const args = node.arguments.map((argument) => argument.getText()).join(', ');
  if (other === null) return [change('method', on)];
  return [change('method', `${on}.${other}(${args})`)];
}

function isName({ parent }) {
  return (
    (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent)) && parent.name.kind === K.NumericLiteral
  );
}
