/** §4.1: before r0. */
import { utf8 } from '../../../../crypto/index.js';
import type { Opening } from '../../../../src/protocol/statements.js';
import {
  electorateHash,
  grantCodec,
  type Task,
  taskCodec,
  taskHash,
} from '../../../../src/protocol/documents.js';
import { datasetScope } from '../../../../src/protocol/scope.js';
import { signBody, type Signed, signedHash } from '../../../../src/protocol/signed.js';
import { inputHash, openingCodec, openingHash } from '../../../../src/protocol/statements.js';
import { altered, coordinator, organiser, signTask } from '../../../helpers/protocol.js';
import { DROPOUTS, WEIGHTED } from './bases.js';
import { at, type Case, casesOf, type Change, remove, replace, sessionOf } from './case.js';
import { flipped, overfull, resignedBy, stranger, zeros } from './signing.js';

const of = (session: string) => {
  const { task, opening, electorate } = sessionOf(session).setup;
  const announce = (signed: Signed): Change[] => [
    replace('/message/opening', signed),
    replace('/message/sessionId', openingHash(signed)),
  ];
  const opens = (changes: Partial<Opening>): Change[] =>
    announce(altered(openingCodec, opening, coordinator, changes));
  return {
    task,
    opening,
    electorate,
    announce,
    opens,
    /** Another task of the organiser, asked for and opened. */
    tasked: (changes: Partial<Task>, opened: Partial<Opening> = {}): Change[] => {
      const other = signTask({ ...taskCodec.decode(task.payload), ...changes });
      const id = taskHash(other);
      const asked = [replace('/own/taskId', id), replace('/message/task', other)];
      return [...asked, ...opens({ task: id, ...opened })];
    },
  };
};

export function openCases(): Case[] {
  const { task, opening, electorate, announce, opens, tasked } = of(DROPOUTS);
  const asked = taskCodec.decode(task.payload);
  const other = signTask({ ...asked, nonce: new Uint8Array(16) });
  const listed = (identities: readonly Uint8Array[]) => ({
    hash: electorateHash(identities),
    size: identities.length,
  });
  const withoutLast = electorate.slice(0, -1);
  const swapped = [at(electorate, 1), at(electorate, 0), ...electorate.slice(2)];
  const exchanged = [...withoutLast, zeros.map(() => 255)];
  const query = utf8('a query');
  const asks = [...opens({ input: inputHash(query) }), replace('/message/input', query)];
  const another = [[1, 2, 3, 4, 5, 6]];
  const withoutSelf = electorate.filter((_, index) => index !== 3);
  const narrow = asked.vectors.map((vector) => ({ ...vector, bits: 10 }));
  const grant = signBody(
    grantCodec,
    { scope: datasetScope('records'), from: electorate.slice(0, 6), to: electorate.slice(0, 5) },
    organiser.signer,
  );
  const policy = (key: string, value: unknown): Change => replace(`/own/policy/${key}`, value);
  const it = casesOf('open');
  return [
    it(
      '§4.1, 1',
      'the task is signed by the coordinator',
      'WRONG_ORGANISER',
      replace('/message/task', resignedBy(coordinator, task)),
    ),
    it(
      '§4.1, 1',
      'the task has a field too many',
      'MALFORMED',
      replace('/message/task', overfull(task, organiser)),
    ),
    it(
      '§4.1, 2',
      'another task of the organiser than the one asked for',
      'TASK_MISMATCH',
      replace('/message/task', other),
      ...opens({ task: taskHash(other) }),
    ),
    it(
      '§4.1, 3',
      'the opening is signed by the organiser',
      'WRONG_COORDINATOR',
      ...announce(resignedBy(organiser, opening)),
    ),
    it(
      '§4.1, 3',
      'the opening has a field too many',
      'MALFORMED',
      ...announce(overfull(opening, coordinator)),
    ),
    it('§4.1, 4', 'the opening is of another task', 'TASK_MISMATCH', ...opens({ task: taskHash(other) })),
    it('§4.1, 4', 'the opening names another suite', 'TASK_MISMATCH', ...opens({ suite: 'masking/sparse' })),
    it(
      '§4.1, 5',
      'the opening has a critical extension',
      'UNSUPPORTED',
      ...opens({ critical: ['an extension'] }),
    ),
    it(
      '§4.1, 5',
      'the opening wants another key type, too',
      'UNSUPPORTED',
      ...opens({ keyTypes: ['x25519', 'ml-kem-768'] }),
    ),
    it(
      '§4.1, 6',
      'the task has a critical extension',
      'UNSUPPORTED',
      ...tasked({ critical: ['an extension'] }),
    ),
    it(
      '§4.1, 6',
      'the task has too few bits for eight participants',
      'WOULD_WRAP',
      ...tasked({ vectors: narrow }),
    ),
    it('§4.1, 6', 'the task assumes everybody to collude', 'BAD_TASK', ...tasked({ maxColluders: 8 })),
    it('§4.1, 7', 'the suite is not in the policy', 'UNSUPPORTED', policy('suites', [])),
    it(
      '§4.1, 7',
      'the opening invites two',
      'TOO_FEW_PARTICIPANTS',
      ...opens({ electorate: listed(electorate.slice(0, 2)) }),
    ),
    it(
      '§4.1, 8',
      'the opening invites nine, the task allows eight',
      'BELOW_POLICY',
      ...opens({ electorate: { hash: zeros, size: 9 } }),
    ),
    it('§4.1, 8', 'the policy wants nine participants', 'BELOW_POLICY', policy('minParticipants', 9)),
    it('§4.1, 8', 'the policy wants two colluders to be assumed', 'BELOW_POLICY', policy('minColluders', 2)),
    it('§4.1, 8', 'the policy wants five honest survivors', 'BELOW_POLICY', policy('minHonest', 5)),
    it('§4.1, 8', 'the task wants nine survivors of eight', 'BELOW_POLICY', ...tasked({ minSurvivors: 9 })),
    it(
      '§4.1, 9',
      'two kinds of data are pinned to the label, and none is named',
      'BELOW_POLICY',
      policy('datasets', { ours: 'records', theirs: 'records' }),
    ),
    it('§4.1, 9', 'no data are pinned to the label', 'BELOW_POLICY', policy('datasets', {})),
    it(
      '§4.1, 10',
      'the opening names a grant, the policy accepts none',
      'BELOW_POLICY',
      ...opens({ grants: [signedHash(grant)] }),
      replace('/own/grants', [grant]),
    ),
    it(
      '§4.1, 10',
      'the opening names a grant that this participant does not hold',
      'BELOW_POLICY',
      ...opens({ grants: [signedHash(grant)] }),
      policy('acceptGrants', true),
    ),
    it(
      '§4.1, 10',
      'the same, accepted and held',
      null,
      ...opens({ grants: [signedHash(grant)] }),
      policy('acceptGrants', true),
      replace('/own/grants', [grant]),
    ),
    it(
      '§4.1, 11',
      'the electorate is not in increasing order',
      'BAD_SET',
      replace('/message/electorate', swapped),
    ),
    it('§4.1, 11', 'an identity of the electorate is missing', 'BAD_SET', remove('/message/electorate/7')),
    it(
      '§4.1, 11',
      'an identity of the electorate is another one',
      'BAD_SET',
      replace('/message/electorate/7', flipped(at(electorate, 7), 31)),
    ),
    it(
      '§4.1, 12',
      'the opening invites others than the task pins',
      'BAD_SET',
      ...opens({ electorate: listed(withoutLast) }),
      remove('/message/electorate/7'),
    ),
    it(
      '§4.1, 12',
      'the opening invites as many as the task pins, one of them another',
      'BAD_SET',
      ...opens({ electorate: listed(exchanged) }),
      replace('/message/electorate', exchanged),
    ),
    it(
      '§4.1, 12',
      'the task pins the same hash and another size',
      'BAD_SET',
      ...tasked({ pinned: { ...listed(electorate), size: 7 } }),
    ),
    it(
      '§4.1, 13',
      'the task pins a list without this participant',
      'UNKNOWN_PARTICIPANT',
      ...tasked({ pinned: listed(withoutSelf) }, { electorate: listed(withoutSelf) }),
      remove('/message/electorate/3'),
    ),
    it('§4.1, 14', 'a session of this number was joined before', 'skipped', replace('/own/lastSession', 1)),
    it('§4.1, 14', 'the session number jumps too far', 'SESSION_NUMBER', ...opens({ session: 2 ** 20 })),
    it('§4.1, 14', 'the session number jumps as far as it may', null, ...opens({ session: 2 ** 20 - 1 })),
    it(
      '§4.1, 15',
      'the scope was joined with another electorate',
      'ELECTORATE_CHANGED',
      replace('/own/scope', { electorate: withoutLast, maxColluders: 1 }),
    ),
    it(
      '§4.1, 15',
      'the scope was joined with another n_C',
      'ELECTORATE_CHANGED',
      replace('/own/scope', { electorate, maxColluders: 2 }),
    ),
    it(
      '§4.1, 15',
      'the scope was joined with the same electorate and n_C',
      null,
      replace('/own/scope', { electorate, maxColluders: 1 }),
    ),
    it(
      '§4.1, 16',
      'the session is announced under another id',
      'MALFORMED',
      replace('/message/sessionId', zeros),
    ),
    it(
      '§4.1, 18',
      'another vector was sent before for the scope',
      'INPUT_CHANGED',
      replace('/own/sent', { input: null, integers: another }),
    ),
    it(
      '§4.1, 18',
      'another vector was sent before; the opening names an input on which the vectors do not depend',
      'INPUT_CHANGED',
      ...asks,
      replace('/own/answersInput', false),
      replace('/own/sent', { input: null, integers: another }),
    ),
    it(
      '§4.1, 18',
      'another vector was sent before for no input; the vectors depend on the one that the opening names',
      null,
      ...asks,
      replace('/own/sent', { input: null, integers: another }),
    ),
    it(
      '§4.1, 18',
      'another vector was sent before for the same input',
      'INPUT_CHANGED',
      ...asks,
      replace('/own/sent', { input: inputHash(query), integers: another }),
    ),
    ...certified(),
  ];
}

function certified(): Case[] {
  const { electorate, opens } = of(WEIGHTED);
  const swapped = [at(electorate, 0), at(electorate, 2), at(electorate, 1), at(electorate, 3)];
  const others = [...electorate.filter((_, index) => index !== 1)];
  const it = casesOf('open, certificates');
  return [
    it(
      '§4.1, 8',
      'the policy accepts no evolving tasks',
      'BELOW_POLICY',
      replace('/own/policy/evolving', false),
    ),
    it(
      '§4.1, 9',
      'the vectors of an evolving task do not depend on its input',
      'BELOW_POLICY',
      replace('/own/answersInput', false),
    ),
    it(
      '§4.1, 11',
      'the electorate is not in increasing order, and the opening has its hash',
      'BAD_SET',
      ...opens({ electorate: { hash: electorateHash(swapped), size: 4 } }),
      replace('/message/electorate', swapped),
    ),
    it(
      '§4.1, 11',
      'the opening has the hash of four and the size three',
      'BAD_SET',
      ...opens({ electorate: { hash: electorateHash(electorate), size: 3 } }),
    ),
    it(
      '§4.1, 13',
      'the opening does not invite this participant, the task pins no list',
      'skipped',
      ...opens({ electorate: { hash: electorateHash(others), size: 3 } }),
      remove('/message/electorate/1'),
    ),
    it(
      '§4.1, 17',
      'the input has another hash',
      'INPUT_MISMATCH',
      replace('/message/input', stranger.identity),
    ),
  ];
}
