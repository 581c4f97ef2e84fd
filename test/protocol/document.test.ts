/** PROTOCOL.md keeps up with the code: codes, labels, payloads, calls and limits are all in it, and what is cited exists. */
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { decodeCanonical, LABEL } from '../../crypto/index.js';
import { FINDING_CODES } from '../../src/audit/codes.js';
import { CHECKS } from '../../src/audit/types.js';
import { BlindsumError, ERROR_CODES, type ErrorCode } from '../../src/protocol/errors.js';
import { requestLimits } from '../../src/rpc/limits.js';
import { loadProtos } from '../../src/rpc/protos.js';
import { toStatus } from '../../src/rpc/status.js';
import { PROTOCOL_REVISION } from '../../src/rpc/version.js';
import { play, SCENARIOS } from './vectors/scenarios.js';
import { sessionFile } from './vectors/record.js';
import { steps } from './vectors/steps.js';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('protos/PROTOCOL.md', root), 'utf8');

/** From a heading to the next one of the same or a higher level. */
function section(number: string): string {
  const level = number.includes('.') ? '###' : '##';
  const from = text.indexOf(`\n${level} ${number}${level === '##' ? '.' : ''} `);
  if (from < 0) throw new Error(`no section ${number}`);
  const rest = text.slice(from + 1);
  const to = rest.slice(level.length).search(level === '##' ? /\n## / : /\n###? /);
  return to < 0 ? rest : rest.slice(0, to + level.length);
}

const rows = (part: string): string[][] =>
  part
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .replaceAll('\\|', '¦')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('§9 has every code with the status it travels with, and no other', () => {
  const listed = new Map(
    rows(section('9')).flatMap(([code = '', named = '']) => {
      const match = /^`([A-Z_]+)`$/.exec(code);
      return match === null ? [] : [[match[1] as string, named.replaceAll('`', '')] as const];
    }),
  );
  expect([...listed.keys()].sort()).toEqual(Object.keys(ERROR_CODES).sort());
  for (const [code, named] of listed) {
    if (code === 'INTERNAL') continue;
    const { code: sent } = toStatus(new BlindsumError(code as ErrorCode, 'peer', ''));
    expect([code, named || 'FAILED_PRECONDITION']).toEqual([code, status[sent]]);
  }
});

test('§12.7 has every check, and every finding with its severity and its sentence', () => {
  const cells = rows(section('12.7'));
  const checks = cells.flatMap(([id = '']) => (/^V\d+$/.test(id) ? [id] : []));
  expect(checks).toEqual(Object.keys(CHECKS));
  const listed = cells.flatMap(([code = '', check, severity, message]) =>
    /^`[A-Z_0-9]+`$/.test(code) ? [[code.slice(1, -1), check, severity, message]] : [],
  );
  const expected = Object.entries(FINDING_CODES).map(([code, { check, severity, message }]) => [
    code,
    check ?? '–',
    severity,
    message,
  ]);
  expect(listed).toEqual(expected);
});

test('every code that the text names exists', () => {
  const named = [...text.matchAll(/`([A-Z][A-Z_]+_[A-Z_]+|LATE|CONFLICT|MALFORMED)`/g)].map(
    ([, code]) => code as string,
  );
  const grpc = Object.keys(status);
  expect(named.length).toBeGreaterThan(100);
  const known = [ERROR_CODES, FINDING_CODES].flatMap((codes) => Object.keys(codes));
  for (const code of named) expect([...known, ...grpc]).toContain(code);
});

test('§3.7 has every label', () => {
  const listed = new Set([...section('3.7').matchAll(/`([a-z-]+)`/g)].map(([, label]) => label));
  for (const label of Object.values(LABEL)) expect(listed).toContain(label.replace('blindsum/v1/', ''));
});

/** Payloads of the vectors, by label. */
function payloads(): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    const { payload } = value as { payload?: unknown };
    if (payload instanceof Uint8Array) {
      const [label, ...fields] = decodeCanonical(payload) as unknown[];
      found.set(label as string, fields);
    }
    Object.values(value).forEach(visit);
  };
  visit(steps());
  Object.values(SCENARIOS).forEach((scenario) => visit(sessionFile(play(scenario()))));
  return found;
}

test('§3.3 has every payload with its number of fields', () => {
  const grammar = section('3.3').replaceAll(/;.*$/gm, '');
  const found = payloads();
  expect(found.size).toBe(14);
  for (const [label, fields] of found) {
    const from = grammar.indexOf(`["${label}"`);
    expect([label, from]).not.toEqual([label, -1]);
    let depth = 0;
    let count = 0;
    for (const sign of grammar.slice(from)) {
      if ('[{('.includes(sign)) depth += 1;
      if (')}]'.includes(sign)) depth -= 1;
      if (sign === ',' && depth === 1) count += 1;
      if (depth === 0) break;
    }
    expect([label, count]).toEqual([label, fields.length]);
  }
});

test('§8.4, §8.5 and §8.8 have every call', () => {
  const { participant, operator, witness } = loadProtos();
  for (const [number, service] of [
    ['8.4', participant],
    ['8.5', operator],
    ['8.8', witness],
  ] as const) {
    const named = rows(section(number)).flatMap(([calls = '']) =>
      [...calls.matchAll(/`(\w+)`/g)].map(([, call]) => call),
    );
    expect(named.sort()).toEqual(Object.keys(service).sort());
  }
});

test('§8.6 has the limits of every request', () => {
  const size = (words: string): number =>
    words.split(' + ').reduce((sum, part) => {
      const [count = '', unit = ''] = part.split(' ');
      return sum + Number(count) * ({ KiB: 1024, MiB: 1024 ** 2 }[unit] ?? NaN);
    }, 0);
  const limits = rows(section('8.6')).slice(2);
  expect(limits.length).toBeGreaterThan(4);
  for (const [calls = '', bytes = '', elements = ''] of limits) {
    const names = [...calls.matchAll(/`(\w+)`/g)].map(([, call]) => call as string);
    for (const name of names.length > 0 ? names : ['Consistency', 'GetTask', 'AnswerComplaint']) {
      expect(requestLimits(`/blindsum.v1.Service/${name}`)).toMatchObject({
        bytes: size(bytes),
        elements: Number(elements.replace(',', '')),
      });
    }
  }
});

test('§10 names the revision', () => {
  expect(section('10')).toContain(`*revision*, now ${PROTOCOL_REVISION}.`);
});

test('every section that is cited exists', () => {
  const headings = new Set([...text.matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? /gm)].map(([, number]) => number));
  const cited = new Map<string, string>();
  for (const [, number] of text.matchAll(/§(\d+(?:\.\d+)*)(?! of| ?\d)/g))
    cited.set(number as string, 'PROTOCOL.md');
  for (const folder of ['src', 'crypto', 'test', 'protos', 'scripts']) {
    for (const entry of readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(ts|mjs|proto|md)$/.test(entry.name)) continue;
      const file = `${entry.parentPath}/${entry.name}`;
      const source = readFileSync(file, 'utf8');
      for (const [, numbers] of source.matchAll(/PROTOCOL (§\d+(?:\.\d+)*(?:, §\d+(?:\.\d+)*)*)/g)) {
        for (const [, number] of (numbers as string).matchAll(/§([\d.]+)/g))
          cited.set(number as string, file);
      }
    }
  }
  expect(cited.size).toBeGreaterThan(20);
  const broken = [...cited].filter(([number]) => !headings.has(number));
  // Sections of RFCs, cited as "RFC 9162 §2.1".
  const rfcs = [...text.matchAll(/RFC \d+(?: §|, §)([\d.]*\d)/g)].map(([, number]) => number);
  expect(broken.filter(([number]) => !rfcs.includes(number))).toEqual([]);
});
