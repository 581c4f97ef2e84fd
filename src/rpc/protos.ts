/**
 * Loads protos/ at run time, so that one text is specification, server, client and reflection. Node only. The options
 * are those of scripts/generate-protos: with others the generated types would lie.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';
import type { OperatorServiceDefinition } from './generated/blindsum/v1/OperatorService.js';
import type { ParticipantServiceDefinition } from './generated/blindsum/v1/ParticipantService.js';
import type { WitnessServiceDefinition } from './generated/blindsum/v1/WitnessService.js';

export const PARTICIPANT_SERVICE = 'blindsum.v1.ParticipantService';
export const OPERATOR_SERVICE = 'blindsum.v1.OperatorService';
export const WITNESS_SERVICE = 'blindsum.v1.WitnessService';

const FILES = ['participant', 'operator', 'witness'].map((name) => `blindsum/v1/${name}.proto`);

export interface Protos {
  /** Everything, for reflection. */
  readonly definition: PackageDefinition;
  readonly participant: ParticipantServiceDefinition;
  readonly operator: OperatorServiceDefinition;
  readonly witness: WitnessServiceDefinition;
}

/** The protos/ folder of the package: this module lies two folders deep in the sources, three in dist/. */
function protoFolder(): string {
  const candidates = ['../../protos/', '../../../protos/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((folder) => existsSync(`${folder}${FILES[0]}`));
  if (found === undefined) throw new Error('the protos/ folder of the package is missing');
  return found;
}

let loaded: Protos | undefined;

export function loadProtos(): Protos {
  loaded ??= load();
  return loaded;
}

function load(): Protos {
  const options: Options = {
    includeDirs: [protoFolder()],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  };
  const definition = loadSync(FILES, options);
  return {
    definition,
    // What the generated types describe is exactly what these files load as.
    participant: definition[PARTICIPANT_SERVICE] as unknown as ParticipantServiceDefinition,
    operator: definition[OPERATOR_SERVICE] as unknown as OperatorServiceDefinition,
    witness: definition[WITNESS_SERVICE] as unknown as WitnessServiceDefinition,
  };
}
