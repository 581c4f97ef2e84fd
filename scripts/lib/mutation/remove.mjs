/** What is left when a marked piece is taken out. Nothing else of the file changes. */
import ts from 'typescript';

/**
 * @param target `{ kind, node }` of findMarks
 * @param typesOf `() => ({ checker, source })` of the whole program, asked only where the type decides
 * @returns `{ start, end, text }` to put in place, or `{ problem }`
 */
export function removal({ kind, node }, typesOf) {
  const put = (text, start = node.getStart(), end = node.end) => ({ start, end, text });
  switch (kind) {
    case 'statement':
      return put(statementWithout(node));
    case 'operand':
      return put(operatorAbove(node) === ts.SyntaxKind.AmpersandAmpersandToken ? 'true' : 'false');
    case 'link':
      return put('', node.expression.expression.end);
    case 'argument':
      return isOfRest(node, typesOf) ? dropped(node, node.parent.arguments) : neutral(node, typesOf, put);
    case 'element':
      return isOfTuple(node, typesOf) ? neutral(node, typesOf, put) : dropped(node, node.parent.elements);
    case 'property':
      return withoutValue(node, typesOf, put);
    default:
      throw new TypeError(`unknown kind ${kind}`);
  }
}

/** A condition that is checked no more leaves what would have been done otherwise. */
function statementWithout(node) {
  return ts.isIfStatement(node) && node.elseStatement !== undefined ? node.elseStatement.getText() : '{}';
}

function operatorAbove(node) {
  return node.parent.operatorToken.kind;
}

function dropped(node, list) {
  const index = list.indexOf(node);
  if (index + 1 < list.length) return { start: node.getStart(), end: list[index + 1].getStart(), text: '' };
  // The only one goes with the comma that may follow it.
  if (index === 0) return { start: node.getStart(), end: node.parent.end - 1, text: '' };
  return { start: list[index - 1].end, end: node.end, text: '' };
}

function isOfRest(node, typesOf) {
  if (ts.isSpreadElement(node)) return true;
  const { checker, source } = typesOf();
  const call = sameNode(source, node.parent);
  const signature = checker.getResolvedSignature(call);
  const parameter = signature?.getParameters().at(-1)?.valueDeclaration;
  const index = node.parent.arguments.indexOf(node);
  return parameter?.dotDotDotToken !== undefined && index >= signature.getParameters().length - 1;
}

function isOfTuple(node, typesOf) {
  const { checker, source } = typesOf();
  const type = checker.getContextualType(sameNode(source, node.parent));
  return type !== undefined && checker.isTupleType(type);
}

function withoutValue(node, typesOf, put) {
  if (ts.isSpreadAssignment(node)) return dropped(node, node.parent.properties);
  if (ts.isShorthandPropertyAssignment(node)) {
    return neutral(node.name, typesOf, (text) => put(`${node.name.text}: ${text}`));
  }
  if (!ts.isPropertyAssignment(node)) return { problem: 'a method or accessor has no empty value' };
  return neutral(node.initializer, typesOf, (text) => put(text, node.initializer.getStart()));
}

/** A value of the same type that says nothing; bytes keep their number, so that only what they bind is lost. */
function neutral(node, typesOf, put) {
  const { checker, source } = typesOf();
  const expression = sameNode(source, node);
  const wanted = checker.getContextualType(expression);
  const type = checker.getTypeAtLocation(expression);
  const text = emptyOf(checker, wanted, type, node.getText());
  return text === undefined
    ? { problem: `there is no empty value for the type ${checker.typeToString(type)}` }
    : put(text);
}

function emptyOf(checker, wanted, type, text) {
  if (wanted !== undefined && wanted.isUnion()) {
    if (wanted.types.some(({ flags }) => flags & ts.TypeFlags.Undefined)) return 'undefined';
    if (wanted.types.some(({ flags }) => flags & ts.TypeFlags.Null)) return 'null';
  }
  const is = (flag) =>
    (type.flags & flag) !== 0 || (type.isUnion() && type.types.every((one) => one.flags & flag));
  if (is(ts.TypeFlags.StringLike)) return "''";
  if (is(ts.TypeFlags.NumberLike)) return '0';
  if (is(ts.TypeFlags.BigIntLike)) return '0n';
  if (is(ts.TypeFlags.BooleanLike)) return 'false';
  const name = (type.isIntersection() ? type.types : [type])
    .map((one) => one.symbol?.name ?? '')
    .find((one) => one !== '');
  if (checker.isArrayType(type)) return '[]';
  if (/^(?:Uint|Int|Float|BigUint|BigInt)\d+(?:Clamped)?Array$/.test(name))
    return `new ${name}((${text}).length)`;
  if (/^(?:Readonly)?(?:Map|Set)$/.test(name)) return `new ${name.replace('Readonly', '')}()`;
  if (name?.startsWith('Zod')) return 'z.any()';
  if (type.getCallSignatures().length > 0) return '() => undefined';
  return undefined;
}

/** The node of the program's own source file at the same place. */
function sameNode(source, node) {
  const start = node.getStart();
  let found;
  const visit = (each) => {
    if (each.getStart(source) <= start && node.end <= each.end) {
      if (each.getStart(source) === start && each.end === node.end && each.kind === node.kind) found = each;
      ts.forEachChild(each, visit);
    }
  };
  visit(source);
  if (found === undefined) throw new Error(`${source.fileName} is not what was parsed`);
  return found;
}

/** @returns the text with the piece taken out */
export function apply(text, { start, end, text: replacement }) {
  return text.slice(0, start) + replacement + text.slice(end);
}
