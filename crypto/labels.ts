/**
 * Every domain-separation label of the protocol, in one place (PROTOCOL §3).
 *
 * Security: two values that are hashed, signed or derived for different purposes begin with different labels,
 * so that none can stand in for another. Never use one label for two purposes; never build one from input.
 */
export const LABEL = {
  // what organiser and coordinator sign
  task: 'blindsum/v1/task',
  certificate: 'blindsum/v1/certificate',
  revocation: 'blindsum/v1/revocation',
  grant: 'blindsum/v1/grant',
  opening: 'blindsum/v1/opening',
  set: 'blindsum/v1/set',
  setStatement: 'blindsum/v1/set-statement',
  result: 'blindsum/v1/result',
  abort: 'blindsum/v1/abort',
  logEntry: 'blindsum/v1/log-entry',
  transcript: 'blindsum/v1/transcript',
  manifest: 'blindsum/v1/manifest',
  escrow: 'blindsum/v1/escrow',
  token: 'blindsum/v1/token',

  // what identifies a session and who is in it
  context: 'blindsum/v1/context',
  rosterLeaf: 'blindsum/v1/roster-leaf',
  signed: 'blindsum/v1/signed',
  scope: 'blindsum/v1/scope',
  electorate: 'blindsum/v1/electorate',
  input: 'blindsum/v1/input',
  fingerprint: 'blindsum/v1/fingerprint',

  // the participant's messages, r0 to r4
  advertiseKeys: 'blindsum/v1/advertise-keys',
  shareKeys: 'blindsum/v1/share-keys',
  maskedInput: 'blindsum/v1/masked-input',
  answer: 'blindsum/v1/answer',
  consistency: 'blindsum/v1/consistency',
  unmask: 'blindsum/v1/unmask',

  // hashes inside those messages
  selfMaskCommitment: 'blindsum/v1/self-mask-commitment',
  shareLeaf: 'blindsum/v1/share-leaf',
  uploadLeaf: 'blindsum/v1/upload-leaf',

  // sealed shares
  shareKey: 'blindsum/v1/share-key',
  shareAad: 'blindsum/v1/share-aad',

  // keys and random streams
  pairwiseMask: 'blindsum/v1/pairwise-mask',
  selfMask: 'blindsum/v1/self-mask',
  maskKeySeed: 'blindsum/v1/mask-key-seed',
  shareKeySeed: 'blindsum/v1/share-key-seed',
  rounding: 'blindsum/v1/rounding',
  vector: 'blindsum/v1/vector',
  deterministicRandom: 'blindsum/v1/deterministic-random',

  // the suite ckks/sumkey
  ckksPublicElement: 'blindsum/v1/ckks-public-element',
  ckksSecretKey: 'blindsum/v1/ckks-secret-key',
  ckksChallenge: 'blindsum/v1/ckks-challenge',
  ckksCombination: 'blindsum/v1/ckks-combination',

  // the suite masking/ring
  ringSeed: 'blindsum/v1/ring-seed',
  ringOrder: 'blindsum/v1/ring-order',
  ringCommittee: 'blindsum/v1/ring-committee',
} as const;

export type Label = (typeof LABEL)[keyof typeof LABEL];
