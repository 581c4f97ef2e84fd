/** All decoders of bytes that somebody else wrote, or that a disk may have damaged. */
import { loadTensorFlow } from '../../../src/learning/backend.js';
import type { Decoder } from '../harness.js';
import { clientDecoders } from './client.js';
import { fileDecoders, modelDecoder } from './files.js';
import { messageDecoders } from './messages.js';
import { wireDecoders } from './wire.js';

export const DECODERS: readonly Decoder[] = [
  ...messageDecoders,
  ...wireDecoders,
  ...clientDecoders,
  ...fileDecoders,
  modelDecoder,
];

/** What is loaded at the first use takes memory that no input asked for. */
export const warmUp = async (): Promise<void> => void (await loadTensorFlow());
