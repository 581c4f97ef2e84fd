/**
 * gRPC's own debug output (GRPC_TRACE and GRPC_VERBOSITY in the environment) shows the headers of every request, bearer
 * tokens among them: the operator's for as long as it is in use. This prints it without them (attack C13).
 */
import { setLogger } from '@grpc/grpc-js';

const withoutTokens = (text: string): string => text.replace(/\bBearer\s+[^\s"',\]]+/gi, 'Bearer [redacted]');

/** For the whole process: call it once, where the process is one's own. @param print default: stderr */
export function hideTokensInTraces(
  print: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): void {
  const show = (...parts: readonly unknown[]): void => {
    print(withoutTokens(parts.map(String).join(' ')));
  };
  setLogger({ error: show, warn: show, info: show, debug: show }); // check: C13
}
