/**
 * The keys that an archive was made for, as its `trust.yaml` (PROTOCOL §12.5): YAML that a trust file may begin with, in one
 * form. Nobody has to believe it: an auditor has the keys from elsewhere.
 */
import { fromHex, toHex } from '../../../crypto/bytes.js';
import { isAcceptableIdentity } from '../../../crypto/signature.js';
import type { Witness } from '../../protocol/transcript/cosignature.js';
import type { Keys } from '../source.js';

export function formatKeys({ organiser, coordinator, witnesses }: Keys): string {
  const lines = [`organiser: ${toHex(organiser)}`, `coordinator: ${toHex(coordinator)}`];
  if (witnesses.length > 0) lines.push('witnesses:');
  for (const { name, publicKey } of witnesses) {
    lines.push(`  - name: ${JSON.stringify(name)}`, `    key: ${toHex(publicKey)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

const FORM =
  /^organiser: ([0-9a-f]{64})\ncoordinator: ([0-9a-f]{64})\n(?:witnesses:\n((?: {2}- name: "[^\n]*"\n {4}key: [0-9a-f]{64}\n)+))?$/;
const WITNESS = / {2}- name: (".*")\n {4}key: ([0-9a-f]{64})\n/g;

/** Null: it does not have the form. */
export function parseKeys(text: string): Keys | null {
  const [, organiser, coordinator, list = ''] = FORM.exec(text) ?? [];
  if (organiser === undefined || coordinator === undefined) return null;
  const witnesses = [...list.matchAll(WITNESS)].map(([, name = '', key = '']) => witnessOf(name, key));
  if (witnesses.some((witness) => witness === null)) return null;
  const keys: Keys = {
    organiser: fromHex(organiser),
    coordinator: fromHex(coordinator),
    witnesses: witnesses as Witness[],
  };
  const all = [keys.organiser, keys.coordinator, ...keys.witnesses.map(({ publicKey }) => publicKey)];
  return all.every(isAcceptableIdentity) && areApart(keys) && formatKeys(keys) === text ? keys : null;
}

/** Whoever is named twice would count twice, and a coordinator that is its own witness witnesses nothing. */
function areApart({ coordinator, witnesses }: Keys): boolean {
  const names = new Set(witnesses.map(({ name }) => name));
  const keys = new Set([coordinator, ...witnesses.map(({ publicKey }) => publicKey)].map(toHex));
  return names.size === witnesses.length && keys.size === witnesses.length + 1;
}

function witnessOf(quoted: string, key: string): Witness | null {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === 'string' ? { name, publicKey: fromHex(key) } : null;
  } catch {
    return null;
  }
}
