/** Thin maps between protobuf messages and the plain values of the log's interfaces. Nothing is checked here but presence. */
import type { CheckpointReply as CheckpointMessage } from './generated/blindsum/v1/CheckpointReply.js';
import type { CheckpointReply__Output } from './generated/blindsum/v1/CheckpointReply.js';
import type { CheckpointRequest__Output } from './generated/blindsum/v1/CheckpointRequest.js';
import type { ReceiptReply as ReceiptMessage } from './generated/blindsum/v1/ReceiptReply.js';
import type { ReceiptReply__Output } from './generated/blindsum/v1/ReceiptReply.js';
import type { CheckpointQuery, CheckpointReply, ReceiptReply } from './log-api.js';
import { message, present, toByteList, toBytes } from './messages.js';

export const toCheckpointQuery = (from: CheckpointRequest__Output): CheckpointQuery => ({
  oldSize: from.oldSize,
  witnesses: from.witnesses,
});

export const fromCheckpointReply = ({ checkpoint, consistency }: CheckpointReply): CheckpointMessage =>
  message({ checkpoint: checkpoint ?? '', consistency });

export const toCheckpointReply = (from: CheckpointReply__Output): CheckpointReply => ({
  checkpoint: from.checkpoint === '' ? null : from.checkpoint,
  consistency: toByteList(from.consistency),
});

export const fromReceiptReply = ({ log, ...rest }: ReceiptReply): ReceiptMessage =>
  message({ ...rest, log: fromCheckpointReply(log) });

export const toReceiptReply = (from: ReceiptReply__Output): ReceiptReply => ({
  log: toCheckpointReply(present(from.log, 'the checkpoint of the log')),
  entry: toBytes(from.entry),
  index: from.index,
  inclusion: toByteList(from.inclusion),
  sessionCheckpoint: from.sessionCheckpoint,
  leaves: from.leaves.map(({ leaf, index, inclusion }) => ({
    leaf: toBytes(leaf),
    index,
    inclusion: toByteList(inclusion),
  })),
  statements: from.statements.map(({ size, consistency }) => ({
    size,
    consistency: toByteList(consistency),
  })),
});
