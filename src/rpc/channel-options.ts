/** How a channel reaches its coordinator: TLS 1.3 pinned to the CA that is given, sizes, pings, and what it leaves out. */
import {
  type ChannelCredentials,
  type ChannelOptions,
  compressionAlgorithms,
  credentials,
} from '@grpc/grpc-js';
import { BlindsumError } from '../protocol/errors.js';
import { type Address, isLoopback } from './address.js';
import { MAX_REPLY_MESSAGE_BYTES, MAX_REQUEST_BYTES } from './limits.js';
import { type ClientTls, Tls13ChannelCredentials } from './tls-credentials.js';

export interface ChannelSecurity {
  /** PEM of the CA that the coordinator's certificate must come from; without it, the CAs that Node knows. */
  readonly ca?: string;
  /** Only where the coordinator asks for a certificate. */
  readonly clientTls?: ClientTls;
  /** Plaintext; loopback addresses only. */
  readonly insecure?: boolean;
}

/** @throws BlindsumError BAD_CONFIG */
export function channelCredentials(
  { ca, clientTls, insecure = false }: ChannelSecurity,
  address: Address,
): ChannelCredentials {
  if (address.plaintext || insecure) {
    if (
      !insecure || // check: A5
      !isLoopback(address.host) // check: A5
    ) {
      throw new BlindsumError(
        'BAD_CONFIG',
        'caller',
        `${address.text}: plaintext is for loopback addresses, and only when asked for (insecure)`,
      );
    }
    return credentials.createInsecure();
  }
  return new Tls13ChannelCredentials(address.host, ca, clientTls);
}

export function channelOptions(address: Address): ChannelOptions {
  return {
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.initial_reconnect_backoff_ms': 500,
    'grpc.max_reconnect_backoff_ms': 10_000,
    'grpc.max_receive_message_length': MAX_REPLY_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_REQUEST_BYTES,
    // Coordinators refuse compressed requests.
    'grpc.default_compression_algorithm': compressionAlgorithms.identity,
    'grpc-node.flow_control_window': 2 ** 20,
    // Counts of every call and message that nobody asks for.
    'grpc.enable_channelz': 0,
    // One connection per channel, gone when the channel is closed.
    'grpc.use_local_subchannel_pool': 1,
    // No TXT record of somebody's DNS configures this client, and loopback needs no proxy.
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': isLoopback(address.host) ? 0 : 1,
  };
}
