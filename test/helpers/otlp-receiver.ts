/** An OpenTelemetry collector of the tests: takes traces over HTTP and keeps them, as text and read. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' for the first of a trace. */
  readonly parentSpanId: string;
  readonly kind: number;
  /** Nanoseconds since 1970, decimal. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  /** 2: the coordinator is at fault. */
  readonly status: { readonly code: number };
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface OtlpReceiver {
  readonly endpoint: string;
  /** Bodies as they came. */
  text(): string;
  spans(): SeenSpan[];
  /** Path and type of what came. */
  requests(): string[];
  /** The header that a collector may ask for. */
  authorizations(): string[];
  close(): Promise<void>;
}

interface Body {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<SeenSpan, 'attributes' | 'parentSpanId'> & {
        readonly parentSpanId?: string;
        readonly attributes: readonly {
          readonly key: string;
          readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
        }[];
      })[];
    }[];
  }[];
}

export async function otlpReceiver(): Promise<OtlpReceiver> {
  const bodies: string[] = [];
  const requests: string[] = [];
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => void pieces.push(piece));
    request.on('end', () => {
      requests.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
      authorizations.push(request.headers.authorization ?? '');
      bodies.push(Buffer.concat(pieces).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => bodies.join('\n'),
    requests: () => requests,
    authorizations: () => authorizations,
    spans: () =>
      bodies
        .flatMap((body) => (JSON.parse(body) as Body).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans)
        .map(({ parentSpanId = '', attributes, ...span }) => ({
          ...span,
          parentSpanId,
          attributes: Object.fromEntries(
            attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
          ),
        })),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
