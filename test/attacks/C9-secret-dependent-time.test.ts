/**
 * JavaScript promises no constant time. What the project's own arithmetic on secrets can do it does: no table is indexed
 * by a secret, no branch depends on one, no BigInt holds one, and what is compared is compared to the end. The rest,
 * X25519, Ed25519, AES and HKDF, is OpenSSL's under Node; SECURITY.md says what that leaves.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { backend as node } from '../../crypto/backend/node.js';
import { backend as portable } from '../../crypto/backend/portable.js';
import { type FlowRules, secretDecisions } from './helpers/secret-flow.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sourcesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('generated'))
    .map((name) => join(folder, name));

/** Everything that computes with secret numbers, and what about it is public. */
const ARITHMETIC: Readonly<Record<string, FlowRules>> = {
  // Range checks of arguments; `invert` is for points, which are public.
  'crypto/field.ts': { secrets: ['a', 'b'], exempt: ['requireElements', 'invert'] },
  'crypto/secret-sharing.ts': { publicArrays: ['weights', 'points'] },
  'crypto/sharing-kernel/kernel.ts': {},
  'crypto/sharing-kernel/combine.ts': {},
  'crypto/sharing-kernel/evaluate.ts': {},
  'crypto/hmac-kernel/hmac.ts': {},
  'crypto/prg.ts': {},
  'crypto/mask-engine/kernel.ts': {},
  'crypto/mask-engine/range.ts': {},
  'crypto/mask-engine/result.ts': {},
  'crypto/mask-engine/node.ts': {},
  'crypto/mask-engine/reference.ts': {},
  // One bit, and it ends the process: whether any coordinate is too large. What is unpacked is masked, or the sum.
  'crypto/masked-vector.ts': { exempt: ['requireReduced', 'unpackBits'] },
  'src/protocol/suites/masking/masks.ts': { publicArrays: ['session.roster'] },
};

test.each(Object.entries(ARITHMETIC))('C9 in %s no secret chooses a branch or an index', (path, rules) => {
  expect(secretDecisions(read(path), rules)).toEqual([]);
});

test('C9 control: a table look-up, an early exit and a skipped step are each found', () => {
  const planted = {
    table: 'function f(a: Uint8Array) { const x = a[0]; return TABLE[x ^ 1]; }',
    logarithm: 'function f(a: number[]) { return EXP[LOG[a[0]] + LOG[a[1]]]; }',
    exit: 'function f(a: Uint8Array, b: Uint8Array) { for (let i = 0; i < 9; i += 1) if (a[i] !== b[i]) return 0; }',
    skip: 'function f(a: Uint8Array) { let r = 0; const d = a[1] & 1; if (d) r += 1; return r; }',
    choice: 'function f(a: Uint8Array) { const bit = a[0] >> 3; return bit ? 1 : 2; }',
    lazy: 'function f(a: Uint8Array) { const z = a[0] === 0; return z && g(); }',
    map: 'function f(a: Uint8Array) { const key = a[0]; return known.get(key); }',
  };
  for (const text of Object.values(planted)) expect(secretDecisions(text)).not.toEqual([]);
  const fine =
    'function f(a: Uint8Array) { let d = 0; for (let i = 0; i < a.length; i += 1) d |= a[i]; return d; }';
  expect(secretDecisions(fine)).toEqual([]);
  const branching = read('crypto/field.ts').replace(
    'product ^= shifted &',
    'if ((b >>> bit) & 1) product ^= shifted &',
  );
  expect(branching).not.toBe(read('crypto/field.ts'));
  expect(secretDecisions(branching, ARITHMETIC['crypto/field.ts'])).not.toEqual([]);
});

/** Lines of a source that use BigInt, outside the functions named. */
function bigIntegers(path: string, allowed: readonly string[] = []): string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (each: ts.Node): void => {
    const name = (each as Partial<ts.FunctionDeclaration>).name?.getText();
    if (name !== undefined && allowed.includes(name)) return;
    const isBig = ts.isBigIntLiteral(each) || (ts.isIdentifier(each) && /^BigU?[iI]nt/.test(each.text));
    if (isBig) found.push(`${path}: ${each.getText()}`);
    each.forEachChild(visit);
  };
  visit(source);
  return found;
}

test('C9 no BigInt holds a secret: only lengths of integers, public numbers, and the check of public signatures', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    // Encoding refuses integers beyond 2^53.
    'crypto/canonical.ts': ['requireEncodable'],
    // Public key, signature, message.
    'crypto/backend/portable.ts': ['littleEndianNumber', 'ed25519Verify'],
    // The modulus, points, bounds and challenges, all public. Keys, shares and coordinates stay in the kernel.
    'crypto/ckks/ring.ts': ['RINGS'],
    'crypto/ckks/sharing.ts': ['basePoints', 'pointOf'],
    'crypto/ckks/low-degree-proof.ts': ['challenge', 'factorsOf'],
    'crypto/ckks/parameters.ts': ['coefficientBound', 'noiseBound', 'fits'],
    'crypto/ckks/sampling.ts': ['mask'],
    // Header of a plaintext.
    'crypto/ckks/seal.ts': ['layoutOf'],
    // One word of each answer, combined: what the coordinator that decodes it has been sent.
    'crypto/ckks/reed-solomon.ts': [
      'locateErrors',
      'syndromesOf',
      'shortestRecurrence',
      'evaluate',
      'inverse',
    ],
    // When a witness signed a checkpoint, which it publishes.
    'src/protocol/transcript/cosignature.ts': ['cosign', 'timeOf'],
  };
  const sources = ['crypto', 'src/protocol', 'src/client'].flatMap(sourcesBelow);
  expect(sources.length).toBeGreaterThan(60);
  expect(sources.flatMap((path) => bigIntegers(path, allowed[path]))).toEqual([]);
  expect(bigIntegers('crypto/backend/portable.ts')).not.toEqual([]);
});

test.each([
  ['node', node],
  ['portable', portable],
])('C9 the comparison of the %s backend looks at every byte', (_, backend) => {
  for (const length of [64, 65]) {
    const bytes = Uint8Array.from({ length }, (__, i) => i);
    expect(backend.timingSafeEqual(bytes, bytes.slice())).toBe(true);
    for (let bit = 0; bit < 8 * length; bit += 1) {
      const other = bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(backend.timingSafeEqual(bytes, other)).toBe(false);
    }
  }
});

test('C9 bytes are compared by equalBytes and nothing that stops at the first difference', () => {
  const source = ts.createSourceFile(
    's.ts',
    read('crypto/backend/same-bytes.ts'),
    ts.ScriptTarget.ES2022,
    true,
  );
  const compare = source.statements.find(
    (statement) => ts.isFunctionDeclaration(statement) && statement.name?.text === 'sameBytes',
  );
  expect(secretDecisions(compare?.getText() ?? '')).toEqual([]);
  expect(compare).toBeDefined();
  expect(read('crypto/backend/portable.ts')).toContain('timingSafeEqual: sameBytes,');
  expect(read('crypto/backend/node.ts')).toContain(
    'return a.length > SHORT_BYTES ? timingSafeEqual(a, b) : sameBytes(a, b);',
  );
  const hasty = /\.equals\(|Buffer\.compare|indexOf\(new Uint8Array|toHex\([^)]*\) [!=]== toHex/;
  const found = ['crypto', 'src'].flatMap(sourcesBelow).filter((path) => hasty.test(read(path)));
  expect(found).toEqual([]);
});
