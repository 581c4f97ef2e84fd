// Original file: protos/blindsum/v1/operator.proto

import type { Action as _blindsum_v1_Action, Action__Output as _blindsum_v1_Action__Output } from '../../blindsum/v1/Action.js';

export interface ActionsPage {
  'actions'?: (_blindsum_v1_Action)[];
}

export interface ActionsPage__Output {
  'actions': (_blindsum_v1_Action__Output)[];
}
