/**
 * What the coordinator needs to show where the time of its work goes. OpenTelemetry is one implementation.
 *
 * Traces leave the machine, so what can be written into one is a closed list: no token, key, share or input, no
 * participant, no text of an error (attacks A11, C13).
 */

export interface Attributes {
  readonly service?: string;
  readonly method?: string;
  /** Of the operation of the store. */
  readonly operation?: string;
  /** 'OK', or the code of the error. */
  readonly code?: string;
  /** Lower-case hex. */
  readonly task?: string;
  readonly session?: string;
  readonly round?: string;
  /** The phase after the round. */
  readonly to?: string;
  readonly accepted?: number;
  readonly streams?: number;
}

export interface Span {
  /** What `work` does, also later, is part of this span until it ends. */
  run<T>(work: () => T): T;
  set(attributes: Attributes): void;
  /** Again does nothing; a span that never ends is never shown. @param isFailed whether the coordinator is at fault */
  end(isFailed?: boolean): void;
}

export interface Tracer {
  /**
   * Begins a trace.
   * @param traceparent header of the caller (W3C Trace Context), as it came: a valid one makes this part of its trace
   */
  begin(name: string, attributes: Attributes, traceparent?: string): Span;
  /** Work that is shown as part of the span that goes on here, if one does. */
  part<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
}

export const silentSpan: Span = { run: (work) => work(), set: () => undefined, end: () => undefined };
export const silentTracer: Tracer = { begin: () => silentSpan, part: (_name, _attributes, work) => work() };
