/** The `quotas` of a configuration as the coordinator takes them: keys read, and nobody in two organisations. */
import { toHex } from '../../../crypto/bytes.js';
import type { Organisation, Quota, Quotas } from '../../coordinator/organisations.js';
import { isBlindsumError, refuse } from '../../protocol/errors.js';
import { readParticipantKey } from '../participant-key.js';
import type { QuotasSettings } from './quotas.js';
import type { Resolved } from './resolve.js';

const MIB = 2 ** 20;
const KEY = ['quotas', 'organisations'];

/** @throws BlindsumError BAD_CONFIG, UNREADABLE_FILE naming the organisation */
export function readQuotas({ settings, originOf }: Resolved): Quotas {
  const { organisations: given = {}, others = {} }: QuotasSettings = settings.quotas ?? {};
  const { where, folder } = originOf(KEY);
  const keyOf = (name: string, key: string): string => `${where}: ${[...KEY, name, key].join('.')}`;
  const organisations = Object.entries(given).map(([name, { participants, certificates, ...quota }]) => ({
    name,
    participants: participants.map((entry) => keyFrom(entry, folder, keyOf(name, 'participants'))),
    certificates,
    quota: quotaOf(quota),
  }));
  organisations.forEach((one, index) => {
    for (const other of organisations.slice(0, index)) refuseShared(other, one, keyOf);
  });
  return { organisations, others: quotaOf(others) };
}

type QuotaSettings = NonNullable<QuotasSettings['others']>;

const quotaOf = ({ callsPerSecond, callBurst, callsAtOnce, uploadMiBPerDay }: QuotaSettings): Quota => ({
  calls:
    callsPerSecond === undefined
      ? undefined
      : { perSecond: callsPerSecond, burst: callBurst ?? 20 * callsPerSecond },
  callsAtOnce,
  uploadBytesPerDay: uploadMiBPerDay === undefined ? undefined : uploadMiBPerDay * MIB,
});

function keyFrom(entry: string, folder: string, key: string): string {
  try {
    return toHex(readParticipantKey(entry, folder));
  } catch (error) {
    if (!isBlindsumError(error)) throw error;
    return refuse(error.code, error.fault, `${key}: ${error.message}`);
  }
}

function refuseShared(
  first: Organisation,
  second: Organisation,
  keyOf: (name: string, key: string) => string,
): void {
  const identity = second.participants.find((one) => first.participants.includes(one));
  if (identity !== undefined) {
    const key = keyOf(second.name, 'participants');
    refuse('BAD_CONFIG', 'caller', `${key}: ${identity} is also in ${first.name}; one organisation only`);
  }
  for (const name of second.certificates) {
    const other = first.certificates.find((one) => overlap(one, name));
    if (other === undefined) continue;
    const key = keyOf(second.name, 'certificates');
    refuse(
      'BAD_CONFIG',
      'caller',
      `${key}: ${name} overlaps ${other} of ${first.name}; one organisation only`,
    );
  }
}

/** Whether some name is meant by both. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [one, other].map((pattern) => pattern.replace(/\*$/, '')) as [string, string];
  if (one.endsWith('*') && other.endsWith('*')) return a.startsWith(b) || b.startsWith(a);
  if (one.endsWith('*')) return b.startsWith(a);
  return other.endsWith('*') ? a.startsWith(b) : a === b;
}
