/**
 * The port beside gRPC, for whoever watches over the process: GET /metrics, /livez, /readyz. Without TLS or login, so it
 * belongs on loopback or in a network of its own; what it says names no participant, task or session.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BlindsumError } from '../../protocol/errors.js';
import { parseAddress } from '../../rpc/address.js';

export interface MonitoringOptions {
  /** 'host:port'; port 0 takes a free one. */
  readonly listen: string;
  readonly contentType: string;
  readonly page: () => Promise<string>;
  readonly isReady: () => boolean;
  /** A connection on which nothing moves, in either direction, is closed after this time. Default 10 s. */
  readonly idleMs?: number;
}

export interface MonitoringServer {
  readonly port: number;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

const MAX_CONNECTIONS = 64;

/** @throws BlindsumError PORT_IN_USE, BAD_CONFIG */
export async function createMonitoringServer(options: MonitoringOptions): Promise<MonitoringServer> {
  const { idleMs = 10_000 } = options;
  const { host, port, text } = parseAddress(options.listen);
  const answer = answers(options);
  const server = createServer({ requestTimeout: idleMs, headersTimeout: idleMs }, (request, response) => {
    answer(request).then(
      (found) => send(response, request, found),
      () => send(response, request, { status: 500, text: 'internal error\n' }),
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  // Who asks and does not read would otherwise keep its place for ever.
  server.timeout = idleMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(failure(text, cause)));
    server.listen({ host, port }, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    stop: () => close(server),
  };
}

/** However many ask at once, the page is made once. */
function answers({ page, contentType, isReady }: MonitoringOptions) {
  let making: Promise<string> | null = null;
  const shared = (): Promise<string> => (making ??= page().finally(() => (making = null)));
  return async ({ method, url = '' }: IncomingMessage): Promise<Answer> => {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'GET only\n' };
    switch (url.split('?', 1)[0]) {
      case '/livez':
        return { status: 200, text: 'ok\n' };
      case '/readyz':
        return isReady() ? { status: 200, text: 'ok\n' } : { status: 503, text: 'not ready\n' };
      case '/metrics':
        return { status: 200, text: await shared(), contentType };
      default:
        return { status: 404, text: 'try /metrics, /livez or /readyz\n' };
    }
  };
}

function send(response: ServerResponse, { method }: IncomingMessage, answer: Answer): void {
  const { status, text, contentType = 'text/plain; charset=utf-8' } = answer;
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  response.end(method === 'HEAD' ? undefined : text);
}

function failure(text: string, cause: Error): BlindsumError {
  const isTaken = (cause as { code?: unknown }).code === 'EADDRINUSE';
  return isTaken
    ? new BlindsumError(
        'PORT_IN_USE',
        'environment',
        `metrics.listen: ${text} is in use by another program`,
        { cause },
      )
    : new BlindsumError(
        'BAD_CONFIG',
        'caller',
        `metrics.listen: cannot listen on ${text}: ${cause.message}`,
        { cause },
      );
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
