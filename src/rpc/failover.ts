/**
 * One coordinator behind several addresses: its nodes share one key and one store, so any of them can answer any call. A
 * connection starts at a random one, which spreads the participants, stays there for as long as it answers, and goes on
 * to the next when it does not.
 *
 * Nothing new is trusted: what a node says is checked as ever, and a token is for the coordinator's key, not for an
 * address. A call that may have arrived is not repeated here but fails: whoever made it knows whether it may be sent twice.
 */
import type { Metadata } from '@grpc/grpc-js';
import { BlindsumError, type ErrorCode, isBlindsumError } from '../protocol/errors.js';
import { type ByteCounts, type ChannelSettings, type GrpcChannel, openChannel } from './grpc-channel.js';
import { wasNeverSent } from './status.js';

export interface ConnectionOptions extends ChannelSettings {
  /** 'https://host:port' or 'host:port'; or those of several nodes of one coordinator. */
  readonly coordinator: string | readonly string[];
  /** For tests: from [0, 1), chooses the first address. */
  readonly draw?: () => number;
}

/** Another node may answer where this one gave these. */
const OUTAGES: readonly ErrorCode[] = ['UNREACHABLE', 'STORE_FAILED', 'DEADLINE', 'TLS_MISMATCH'];

/** @param metadata made anew for every call: tokens expire. @throws BlindsumError BAD_CONFIG */
export function openConnection(options: ConnectionOptions, metadata: () => Promise<Metadata>): GrpcChannel {
  const { coordinator, draw = Math.random } = options;
  const addresses = typeof coordinator === 'string' ? [coordinator] : [...new Set(coordinator)];
  const channels = addresses.map((address) => openChannel(address, options, metadata));
  const [only] = channels;
  if (only === undefined)
    throw new BlindsumError('BAD_CONFIG', 'caller', 'coordinator: give at least one address');
  return channels.length === 1 ? only : failover(channels, Math.floor(draw() * channels.length));
}

function failover(channels: readonly GrpcChannel[], first: number): GrpcChannel {
  let current = first;

  /** The present address, then each of the others once. */
  function attempts() {
    const failures: BlindsumError[] = [];
    let index = current;
    return {
      channel: () => channels[index] as GrpcChannel,
      /** Returns when another address may be tried. @throws what the call ends with */
      failed(error: unknown): void {
        if (!isBlindsumError(error) || !OUTAGES.includes(error.code)) throw error;
        const next = (index + 1) % channels.length;
        // Calls in parallel fail together: only the first of them moves on.
        if (current === index) current = next;
        if (!wasNeverSent(error)) throw error;
        failures.push(error);
        if (failures.length === channels.length) throw noneReached(failures, error);
        index = next;
      },
    };
  }

  async function* stream<R>(open: (channel: GrpcChannel) => AsyncGenerator<R>): AsyncGenerator<R> {
    const attempt = attempts();
    for (;;) {
      try {
        yield* open(attempt.channel());
        return;
      } catch (error) {
        attempt.failed(error);
      }
    }
  }

  return {
    maxReplyBytes: (channels[first] as GrpcChannel).maxReplyBytes,
    async unary(method, request, signal) {
      const attempt = attempts();
      for (;;) {
        try {
          return await attempt.channel().unary(method, request, signal);
        } catch (error) {
          attempt.failed(error);
        }
      }
    },
    reply: (...call) => stream((channel) => channel.reply(...call)),
    watch: (...call) => stream((channel) => channel.watch(...call)),
    bytes: () => channels.map((channel) => channel.bytes()).reduce(sum),
    close: () => channels.forEach((channel) => channel.close()),
  };
}

const sum = (a: ByteCounts, b: ByteCounts): ByteCounts => ({ up: a.up + b.up, down: a.down + b.down });

/** Worth another attempt as long as one of them was only away. */
function noneReached(failures: readonly BlindsumError[], last: BlindsumError): BlindsumError {
  const { code, fault, cause } = failures.find((failure) => failure.code === 'UNREACHABLE') ?? last;
  return new BlindsumError(code, fault, failures.map(({ message }) => message).join('; '), { cause });
}
