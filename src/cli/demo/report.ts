/** What a person reads while the demo runs and at its end. Plain lines, on a terminal and off it. */
import { byteSize, type Output } from '../output.js';
import type { Cluster, Member } from './cluster.js';
import { curve } from './curve.js';
import type { Hospital } from './hospitals.js';
import type { Kill } from './options.js';
import type { Prepared } from './preparation.js';
import type { ReceivedValue } from './received.js';
import type { DemoResult, DemoSession } from './result.js';
import type { TrainedSession } from './training.js';

/** Accuracy at the foot of the curve; the top is 1. */
const LOWEST = 0.9;

export interface Report {
  readonly note: (line: string) => void;
  readonly started: (cluster: Cluster, hospitals: readonly Hospital[]) => void;
  readonly prepared: (prepared: Prepared) => void;
  readonly killed: (kill: Kill, member: Member) => void;
  readonly trained: (done: TrainedSession) => void;
}

export function createReport(output: Output, sessions: number): Report {
  const accuracies: number[] = [];
  const note = (line: string): void => output.note(line);
  return {
    note,
    started(cluster, hospitals) {
      note(`coordinator: its own process on ${cluster.address}, TLS 1.3, sessions in memory`);
      hospitals.forEach(({ name, labels }) => {
        const malignant = labels.filter((label) => label === 0).length;
        const share = Math.round((100 * malignant) / labels.length);
        note(`${name}: its own process; ${labels.length} patients, ${share} % of them malignant`);
      });
      note('');
    },
    prepared({ session, patients }) {
      note(`preparation  mean and spread of all measurements over ${patients} patients: ${common(session)}`);
      note(
        `             largest difference from plain statistics: ${session.maxAbsErrorVsPlain.toExponential(1)} of the range`,
      );
      note('');
    },
    killed({ point }, { process: { name } }) {
      const when = point === 'r2' ? 'before its hidden input' : 'after its hidden input, before consistency';
      note(`             ${name} killed (SIGKILL) ${when}; waiting for the deadline`);
    },
    trained({ session, sentBytes }) {
      accuracies.push(session.accuracy ?? NaN);
      const shown = curve(accuracies, LOWEST, 1).padEnd(sessions);
      const sent = `${byteSize(sentBytes)} sent`;
      const accuracy = `accuracy ${percent(session.accuracy ?? NaN)}`;
      note(
        `session ${String(session.number).padStart(3)}  ${common(session)}, ${sent}  ${accuracy}  ${shown}`,
      );
      for (const { participant, round, inSum } of session.dropped)
        note(
          `             ${participant} dropped at ${round}: ${inSum ? 'still in the sum' : 'not in the sum'}; it comes back`,
        );
    },
  };
}

const common = ({ survivors, roster, seconds, uploadBytesPerParticipant }: DemoSession): string =>
  `${survivors} of ${roster} in the sum, ${seconds.toFixed(1)} s, ${byteSize(uploadBytesPerParticipant)} hidden input each`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** @param hospital whose values are shown */
export function resultText(
  { sessions, accuracy }: DemoResult,
  hospital: string,
  received: readonly ReceivedValue[],
): string {
  const worst = sessions.reduce((a, b) => Math.max(a, b.maxAbsErrorVsPlain), 0);
  const rows: readonly (readonly [string, number, string])[] = [
    ['blindsum', accuracy.blindsum, 'nobody saw any hospital’s update'],
    ['plain federated averaging', accuracy.plainFederated, 'the server sees every update'],
    ['pooled training', accuracy.pooled, 'all patients in one place'],
    ['largest hospital alone', accuracy.largestHospitalAlone, ''],
  ];
  // 60 bits have 19 digits.
  const width = received.reduce(
    (most, { plain, received: hidden }) => Math.max(most, `${plain}`.length, `${hidden}`.length),
    12,
  );
  return [
    '',
    'Accuracy on the held-out patients',
    ...rows.map(([name, value, remark]) =>
      `  ${name.padEnd(26)} ${percent(value).padStart(7)}  ${remark}`.trimEnd(),
    ),
    '',
    `Largest difference of any weight from the plain mean, over all sessions: ${worst.toExponential(1)}`,
    '',
    `What the coordinator received from ${hospital} in the last session`,
    `  ${'weight'.padEnd(20)} ${'true change'.padStart(12)} ${'as integer'.padStart(width)} ${'received'.padStart(width)}`,
    ...received.map(
      ({ name, value, plain, received: hidden }) =>
        `  ${name.padEnd(20)} ${value.toFixed(6).padStart(12)} ${String(plain).padStart(width)} ${String(hidden).padStart(width)}`,
    ),
  ].join('\n');
}
