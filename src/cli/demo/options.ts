/** The demo's flags, checked, and who is killed in which session. Pure. */
import { quorum, proposedColluders } from '../../protocol/parameters.js';
import { usage } from '../errors.js';
import type { PausePoint } from './messages.js';

export interface DemoOptions {
  readonly participants: number;
  readonly sessions: number;
  readonly seed: number;
  /** Of all tasks; known. */
  readonly suite: string;
  /** In the order of the sessions. */
  readonly kills: readonly Kill[];
  readonly out: string | null;
  readonly save: string | null;
}

export interface Kill {
  /** Training session, from 1. */
  readonly session: number;
  /** Which participant, from 0. */
  readonly participant: number;
  readonly point: PausePoint;
}

/** Participants that may drop out of one session. */
export const spareOf = (participants: number): number =>
  participants - quorum(participants, proposedColluders(participants));

/**
 * @param text `none`, or points separated by commas, at most one kill per session; undefined: both points, as far as the
 *   numbers allow it
 * @throws BlindsumError USAGE
 */
export function planKills(text: string | undefined, participants: number, sessions: number): Kill[] {
  const spare = spareOf(participants);
  const points = text === undefined ? defaultPoints(spare, sessions) : parsePoints(text);
  if (points.length > 0 && spare === 0)
    usage(`--kill: with ${participants} participants nobody may drop out of a session; use --kill none`);
  if (points.length > sessions)
    usage(`--kill: ${points.length} kills need as many sessions; there are ${sessions}`);
  return points.map((point, index) => ({
    point,
    session: Math.max(index + 1, Math.floor(((index + 1) * sessions) / (points.length + 1))),
    participant: point === 'r2' ? 1 : participants - 2,
  }));
}

const defaultPoints = (spare: number, sessions: number): PausePoint[] =>
  spare === 0 ? [] : (['r2', 'r3'] as const).slice(0, sessions);

function parsePoints(text: string): PausePoint[] {
  if (text === 'none') return [];
  const points = text.split(',').map((part) => part.trim());
  const isPoint = (part: string): part is PausePoint => part === 'r2' || part === 'r3';
  return points.every(isPoint) && new Set(points).size === points.length
    ? points
    : usage('--kill: r2, r3, r2,r3 or none');
}
