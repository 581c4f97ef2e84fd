// Original file: protos/blindsum/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface Action {
  /**
   * Increases with every action; gaps mean nothing.
   */
  'id'?: (number | string | Long);
  /**
   * Milliseconds since 1970.
   */
  'atMs'?: (number | string | Long);
  /**
   * The name of the token.
   */
  'actor'?: (string);
  /**
   * As the call is named.
   */
  'action'?: (string);
  /**
   * Id of a task or session, hash of an input, identity; or empty.
   */
  'subject'?: (string);
  /**
   * A JSON object of numbers, texts and null; `outcome` is "done" or a reason code.
   */
  'detail'?: (string);
}

export interface Action__Output {
  /**
   * Increases with every action; gaps mean nothing.
   */
  'id': (number);
  /**
   * Milliseconds since 1970.
   */
  'atMs': (number);
  /**
   * The name of the token.
   */
  'actor': (string);
  /**
   * As the call is named.
   */
  'action': (string);
  /**
   * Id of a task or session, hash of an input, identity; or empty.
   */
  'subject': (string);
  /**
   * A JSON object of numbers, texts and null; `outcome` is "done" or a reason code.
   */
  'detail': (string);
}
