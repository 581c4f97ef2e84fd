/**
 * Finds the marks `// check: A3, A4` at the ends of lines, and which piece of the source each of them stands for.
 *
 * A mark stands on the line on which its piece ends or its block opens. The piece is, in this order: the statement whose
 * block opens there; the statement that ends there; else, of the operands (of && and ||), arguments, array elements,
 * properties and links of a method chain that end there, the outermost that begins on the same line, or the outermost.
 */
import ts from 'typescript';

const MARK = /\/\/ check:(.*)$/;
const IDS = /^ [ABC]\d+b?(?:, [ABC]\d+b?)*$/;

/**
 * @param {string} file for messages
 * @param {string} text
 * @returns marks in the order of the file: `{ ids, line, target }` or, if a mark cannot be read, `{ ids, line, problem }`
 */
export function findMarks(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const tokens = text.includes('// check:') ? leaves(source) : [];
  const marks = [];
  text.split('\n').forEach((content, index) => {
    const found = MARK.exec(content);
    if (found === null) return;
    const start = source.getPositionOfLineAndCharacter(index, found.index);
    // In a string or a template, it is no comment.
    if (tokens.some((token) => token.getStart() < start && start < token.end)) return;
    const line = index + 1;
    if (!IDS.test(found[1])) {
      marks.push({ ids: [], line, problem: `"${found[0]}" does not name attacks like "// check: A3, B1"` });
      return;
    }
    const ids = found[1].split(',').map((id) => id.trim());
    const last = tokens.findLastIndex((token) => token.end <= start);
    const alone = last === -1 || lineOf(source, tokens[last].end) !== index;
    const target = alone ? undefined : targetAt(source, tokens, last, index);
    if (target === undefined) {
      const problem = alone
        ? 'the mark stands alone on its line; it belongs at the end of the line of its check'
        : 'no statement, operand, argument, element, property or link of a chain ends here alone on its line';
      marks.push({ ids, line, problem });
    } else {
      marks.push({ ids, line, target });
    }
  });
  return marks;
}

/** What the mark after `tokens[last]` stands for: `{ kind, node }`. */
function targetAt(source, tokens, last, line) {
  const token = tokens[last];
  if (token.kind === ts.SyntaxKind.OpenBraceToken) return withBlock(token.parent);
  const statement = ending(token).findLast((node) => isRemovable(node));
  if (statement !== undefined) return { kind: 'statement', node: elseOf(statement) };
  const separators = [
    ts.SyntaxKind.SemicolonToken,
    ts.SyntaxKind.CommaToken,
    ts.SyntaxKind.AmpersandAmpersandToken,
    ts.SyntaxKind.BarBarToken,
  ];
  let end = separators.includes(token.kind) ? last - 1 : last;
  const candidates = partsEnding(source, tokens, tokens[end]);
  // The last operand in brackets is meant, not all that the brackets hold.
  while (closesBrackets(tokens[end])) candidates.push(...partsEnding(source, tokens, tokens[--end]));
  const found = candidates.find(({ start }) => lineOf(source, start) === line) ?? candidates[0];
  if (found === undefined) return undefined;
  const shared = found.siblings.some(
    (sibling) =>
      sibling !== found.node &&
      lineOf(source, sibling.getStart()) <= line &&
      lineOf(source, sibling.end) >= line,
  );
  return shared ? undefined : { kind: found.kind, node: found.node };
}

/** The statement whose block opens; the block alone where it is an `else`. */
function withBlock(block) {
  if (!ts.isBlock(block)) return undefined;
  const { parent } = block;
  if (ts.isIfStatement(parent) && parent.elseStatement === block) return { kind: 'statement', node: block };
  return isRemovable(parent) ? { kind: 'statement', node: parent } : undefined;
}

/** A mark at the end of `if … else …;` stands for what is done otherwise. */
function elseOf(statement) {
  return ts.isIfStatement(statement) && statement.elseStatement !== undefined
    ? elseOf(statement.elseStatement)
    : statement;
}

/** Without a declaration later lines would not run at all; without a return the caller gets something else, not less. */
function isRemovable(node) {
  return (
    ts.isStatement(node) &&
    !ts.isVariableStatement(node) &&
    !ts.isReturnStatement(node) &&
    !ts.isBlock(node) &&
    !ts.isDeclaration(node) &&
    !ts.isImportDeclaration(node) &&
    !ts.isExportDeclaration(node) &&
    !ts.isExportAssignment(node)
  );
}

/** One piece of an expression that can be taken out by itself, or undefined. */
function part(source, tokens, node) {
  const { parent } = node;
  const found = (kind, siblings, start = node.getStart()) => ({ kind, node, siblings, start });
  if (isChain(parent) && !(isChain(node) && node.operatorToken.kind === parent.operatorToken.kind)) {
    return found('operand', operands(parent));
  }
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.arguments?.includes(node)) {
    return found('argument', parent.arguments);
  }
  if (ts.isArrayLiteralExpression(parent)) return found('element', parent.elements);
  if (ts.isObjectLiteralExpression(parent)) return found('property', parent.properties);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const dot = node.expression.name.getStart() - 1;
    const before = tokens.findLast((token) => token.end <= dot);
    if (lineOf(source, before.end) < lineOf(source, dot)) return found('link', [], dot);
  }
  return undefined;
}

function isChain(node) {
  if (node === undefined || !ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}

/** All operands of the chain of one operator that `node` belongs to. */
function operands(node) {
  const { kind } = node.operatorToken;
  const same = (other) => isChain(other) && other.operatorToken.kind === kind;
  let top = node;
  while (same(top.parent)) top = top.parent;
  const list = (each) => (same(each) ? [...list(each.left), ...list(each.right)] : [each]);
  return list(top);
}

/** The pieces that end where the token ends, outermost first. */
function partsEnding(source, tokens, token) {
  return ending(token)
    .map((node) => part(source, tokens, node))
    .filter((found) => found !== undefined)
    .reverse();
}

function closesBrackets(token) {
  return token.kind === ts.SyntaxKind.CloseParenToken && ts.isParenthesizedExpression(token.parent);
}

/** The nodes that end where the token ends, innermost first. */
function ending(token) {
  const nodes = [];
  for (let node = token; node !== undefined && node.end === token.end; node = node.parent) {
    if (!ts.isSourceFile(node)) nodes.push(node);
  }
  return nodes;
}

function leaves(source) {
  const found = [];
  const visit = (node) => {
    const children = node.getChildren(source);
    if (children.length > 0) children.forEach(visit);
    else if (node.end > node.getStart(source)) found.push(node);
  };
  visit(source);
  return found;
}

function lineOf(source, position) {
  return source.getLineAndCharacterOfPosition(position).line;
}
