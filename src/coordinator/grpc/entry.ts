/**
 * What a call takes while its request comes in and after it: places, bytes, time. Whoever calls without a token gets
 * little of each, and never at the expense of those who have one.
 */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import { MAX_OPEN_REQUEST_BYTES, requestLimits } from '../../rpc/limits.js';
import type { Principal } from './auth.js';
import type { CallQuotas } from './call-quotas.js';
import type { NewestFirst } from './newest-first.js';
import type { Places } from './places.js';
import type { Receiving } from './receiving.js';
import { BufferedRequest, type Decoder, isChunk, type RequestBuffers } from './request-buffers.js';
import type { ServerLimits } from './server-limits.js';

export interface EntryOptions {
  readonly limits: ServerLimits;
  /** Calls in progress. */
  readonly places: Places;
  /** Calls of organisations. */
  readonly quotas: CallQuotas;
  /** The same, of callers without a token. */
  readonly openPlaces: NewestFirst;
  readonly receiving: Receiving;
  readonly buffers: RequestBuffers;
}

export interface Arriving {
  readonly method: {
    readonly path: string;
    readonly requestStream: boolean;
    readonly responseStream: boolean;
  };
  readonly principal: Principal;
  readonly stream: ServerHttp2Stream | undefined;
  /** Of grpc-js, which keeps there what puts the request together. */
  readonly receiver: { decoder?: Decoder };
  /** Sends the status. */
  readonly refuse: (error: BlindsumError) => void;
}

export interface Entry {
  /** The request is whole, and is handled from now on. */
  received(): void;
  /** Its handler is done with it. */
  answered(): void;
  /** The call is over. */
  leave(): void;
}

/** Takes the places of a call. @throws BlindsumError OVERLOADED */
export function enter(options: EntryOptions, call: Arriving): Entry {
  const { limits, places, quotas, openPlaces, receiving, buffers } = options;
  const { method, principal, stream } = call;
  const isOpen = principal.kind === 'anyone';
  const caller = callerKey(principal);
  const end = (error: BlindsumError): void => endStream(stream, () => call.refuse(error));
  const takePlace = (): (() => void) => {
    if (isOpen) return openPlaces.take(stream?.session, () => end(overtaken()));
    if (principal.kind === 'witness') return places.take(caller);
    if (principal.kind !== 'participant') return () => undefined;
    return both(places.take(caller), () => quotas.enter(principal.caller));
  };
  const leavePlace = takePlace();
  const maxBytes = isOpen ? MAX_OPEN_REQUEST_BYTES : requestLimits(method.path).bytes;
  const reception = receiving.begin(caller, maxBytes);
  const timer = setTimeout(() => {
    end(new BlindsumError('DEADLINE', 'peer', `the request did not come within ${limits.requestMs} ms`));
  }, limits.requestMs).unref();
  // Before gRPC, which takes nothing more of a stream that is closed.
  stream?.prependListener('data', (piece: Uint8Array) => {
    try {
      reception.add(piece.length);
    } catch (error) {
      end(error as BlindsumError);
    }
  });
  const request = principal.kind === 'participant' ? buffered(call, buffers) : undefined;
  let isHandled = false;
  const leave = (): void => {
    clearTimeout(timer);
    reception.done();
    leavePlace();
    if (!isHandled) request?.done();
  };
  return {
    received() {
      isHandled = true;
      // Short calls that anybody may make must also be over in time, with their answers read. A health watch may last.
      if (isOpen && !(method.responseStream && !method.requestStream)) return;
      clearTimeout(timer);
      if (!method.responseStream) return;
      reception.done();
      // What the reply of a caller with a token is about is counted by itself, for as long as it takes.
      if (!isOpen) leavePlace();
    },
    answered: () => request?.done(),
    leave,
  };
}

/** The chunk of an upload: longer and more often than any other request. */
function buffered({ method, receiver }: Arriving, buffers: RequestBuffers): BufferedRequest | undefined {
  if (!isChunk(method.path) || receiver.decoder === undefined) return undefined;
  const request = new BufferedRequest(buffers, receiver.decoder);
  receiver.decoder = request;
  return request;
}

function callerKey(principal: Principal): string {
  switch (principal.kind) {
    case 'participant':
      return toHex(principal.caller.identity);
    case 'witness':
      return toHex(principal.key);
    default:
      return principal.kind;
  }
}

/** @param leave given back when there is no second place */
function both(leave: () => void, take: () => () => void): () => void {
  try {
    const leaveOther = take();
    return () => {
      leave();
      leaveOther();
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Sends the status and closes the stream, whether or not its client has sent everything and reads. */
export function endStream(stream: ServerHttp2Stream | undefined, sendStatus: () => void): void {
  const hasBegun = stream?.headersSent === true;
  sendStatus();
  if (stream === undefined) return;
  const close = (): void => stream.close(constants.NGHTTP2_NO_ERROR);
  // A status behind a reply that is not read would never leave.
  if (stream.writableLength > 0) stream.close(constants.NGHTTP2_CANCEL);
  // Here the status is a trailer. gRPC hands it over in this event, and Node sends it a turn later.
  else if (hasBegun) stream.once('wantTrailers', () => setImmediate(close));
  else close();
}

const overtaken = (): BlindsumError =>
  new BlindsumError('OVERLOADED', 'peer', 'too many calls without a token: this one gave way', {
    retryAfterMs: 1000,
  });
