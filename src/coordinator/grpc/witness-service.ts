/** The witness's service: each method is one call of WitnessApi (PROTOCOL §8.8). */
import type { WitnessServiceDefinition } from '../../rpc/generated/blindsum/v1/WitnessService.js';
import type { WitnessApi } from '../../rpc/log-api.js';
import { fromCheckpointReply, toCheckpointQuery } from '../../rpc/log-messages.js';
import type { Handlers } from './calls.js';

export const witnessHandlers: Handlers<WitnessServiceDefinition, WitnessApi> = {
  async GetCheckpoint(api, request, signal) {
    return fromCheckpointReply(await api.getCheckpoint(toCheckpointQuery(request), signal));
  },
  async PutCosignature(api, { size, line }, signal) {
    await api.putCosignature(size, line, signal);
    return {};
  },
};
