/**
 * A participant that has nothing of src/: PROTOCOL.md, the .proto files, gRPC and the primitives. It checks little, being
 * honest among honest ones; what it shows is that the calls are as §8 says, and its messages as §3 and §4 say.
 */
import { type ChannelCredentials, Client, Metadata } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as c from '../../../crypto/index.js';
import * as outsider from '../../protocol/vectors/outsider.js';

type Message = Record<string, unknown>;
type Fields = readonly c.CborValue[];

const at = <T>(items: readonly T[], index: number): T => items[index] as T;
const signedOf = (message: unknown): outsider.SignedBytes => {
  const { payload, signature } = message as outsider.SignedBytes;
  return { payload: Uint8Array.from(payload), signature: Uint8Array.from(signature) };
};
const fieldsOf = (message: outsider.SignedBytes): Fields =>
  (c.decodeCanonical(message.payload) as Fields).slice(1);

export class Stranger {
  readonly #client: Client;
  readonly #service: ServiceDefinition;
  readonly #seed: Uint8Array;
  readonly #coordinator: Uint8Array;
  readonly #identity: Uint8Array;

  constructor(address: string, credentials: ChannelCredentials, seed: Uint8Array, coordinator: Uint8Array) {
    const protos = fileURLToPath(new URL('../../../protos', import.meta.url));
    const loaded = loadSync('blindsum/v1/participant.proto', {
      includeDirs: [protos],
      longs: Number,
      enums: String,
      defaults: true,
      oneofs: true,
    });
    this.#service = loaded['blindsum.v1.ParticipantService'] as ServiceDefinition;
    this.#client = new Client(address, credentials);
    this.#seed = seed;
    this.#coordinator = coordinator;
    this.#identity = c.identityFromSeed(seed).publicKey;
  }

  close(): void {
    this.#client.close();
  }

  /** @param input per vector of the layout, before reduction @returns the mean of each vector of whole numbers of scale 1 */
  async contribute(taskId: string, input: readonly (readonly number[])[]): Promise<number[][]> {
    const named = { taskId: c.fromHex(taskId) };
    const task = await this.#paged('GetTask', named);
    const taskFields = fieldsOf(signedOf(task['task']));
    const specs = taskFields[6] as unknown as outsider.Layout[];
    const layout = specs.map(({ name, length, bits }) => ({ name, length, bits }));
    const announcement = await this.#announcement(named);
    const opening = signedOf(announcement['opening']);
    const openingId = outsider.H('opening', opening.payload);
    const sessionId = openingId;
    expectEqual(c.toHex(Uint8Array.from(announcement['sessionId'] as Uint8Array)), c.toHex(sessionId));
    const electorate = announcement['electorate'] as Uint8Array[];
    const quorum = Math.floor((electorate.length + (taskFields[4] as number)) / 2) + 1;

    const draw = (count: number) => Array.from({ length: count }, () => new Uint8Array(randomBytes(32)));
    const [shareKeySeed, maskKeySeed, r0Nonce, selfMaskSeed] = draw(4) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const secrets: outsider.Secrets = {
      identitySeed: this.#seed,
      shareKeySeed,
      maskKeySeed,
      r0Nonce,
      selfMaskSeed,
      maskKeyCoefficients: draw(quorum - 1),
      selfMaskCoefficients: draw(quorum - 1),
      input: input.map((vector, index) =>
        vector.map((value) => Number(BigInt.asUintN(at(layout, index).bits, BigInt(value)))),
      ),
    };
    await this.#call('AdvertiseKeys', { sessionId, message: outsider.advertiseKeys(secrets, openingId) });

    await this.#phase(sessionId, 'PHASE_R1');
    const roster = await this.#paged('GetRoster', { sessionId });
    const shared = this.#shared(roster, openingId, quorum, layout);
    const self = shared.roster.findIndex(({ identity }) => c.equalBytes(identity, this.#identity));
    const all = shared.roster.map((_, position) => position);
    const dealt = outsider.shareKeys(secrets, shared, self);
    await this.#call('ShareKeys', {
      ...{ sessionId, message: dealt.message, holders: all.length, own: self },
      ciphertexts: c.concatBytes(...dealt.packets.map(({ ciphertext }) => ciphertext)),
      leaves: c.concatBytes(...dealt.packets.flatMap(({ leaves }) => leaves)),
    });

    await this.#phase(sessionId, 'PHASE_R2');
    const shares = await this.#paged('GetShares', { sessionId });
    const u2 = membersOf(signedOf(shares['statement']), all.length);
    const held = this.#openPackets(secrets, shared, self, shares);
    held.set(self, at(dealt.packets, self).shares);
    const vectors = outsider.maskInput(secrets, shared, self, u2);
    const hashes = {
      u1: outsider.setHash(shared.ctx, 1, all, all.length),
      u2: outsider.setHash(shared.ctx, 2, u2, all.length),
    };
    await this.#upload(sessionId, outsider.header(secrets, shared, hashes, vectors, []), vectors);

    await this.#phase(sessionId, 'PHASE_R3');
    const headers = await this.#paged('GetHeaders', { sessionId });
    const u3 = membersOf(signedOf(headers['statement']), all.length);
    const sets = { ...hashes, u3: outsider.setHash(shared.ctx, 3, u3, all.length) };
    const entries = (headers['headers'] as unknown[]).map((header) => {
      const [sender, , , , digests] = fieldsOf(signedOf(header));
      return outsider.uploadEntry(sender as Uint8Array, digests as Uint8Array[]);
    });
    const uploads = c.merkleRoot(entries);
    await this.#call('Consistency', {
      sessionId,
      message: outsider.consistency(secrets, shared, sets, uploads),
    });

    await this.#phase(sessionId, 'PHASE_R4');
    const { signatures } = await this.#paged('GetSignatures', { sessionId });
    if ((signatures as unknown[]).length < quorum) throw new Error('no quorum');
    const kinds = Uint8Array.from(u2, (position) => (u3.includes(position) ? 1 : 2));
    const revealed = u2.map((position, index) => {
      const [maskKey, selfMask] = held.get(position) as readonly (Uint8Array | null)[];
      return (kinds[index] === 1 ? selfMask : maskKey) as Uint8Array;
    });
    const r4 = outsider.unmask(secrets, shared, sets, kinds, revealed);
    const given = { count: revealed.length, shares: c.concatBytes(...revealed) };
    await this.#call('Unmask', { sessionId, message: r4, ...given });

    await this.#phase(sessionId, 'PHASE_CLOSED');
    const outcome = await this.#call('GetOutcome', { sessionId });
    const [, , survivors, digests] = fieldsOf(signedOf(outcome['result']));
    const packed = await this.#blob('GetAggregate', { sessionId });
    let from = 0;
    return layout.map(({ length, bits }, index) => {
      const part = packed.subarray(from, (from += Math.ceil((length * bits) / 8)));
      expectEqual(c.toHex(c.sha256(part)), c.toHex(at(digests as Uint8Array[], index)));
      return [...c.unpackBits(part, bits, length)].map(
        (value) => (value >= 2 ** (bits - 1) ? value - 2 ** bits : value) / (survivors as number),
      );
    });
  }

  #shared(
    roster: Message,
    openingId: Uint8Array,
    threshold: number,
    layout: outsider.Layout[],
  ): outsider.Shared {
    const entries = (roster['entries'] as Message[]).map((entry) => {
      const r0 = signedOf(entry['r0']);
      const [identity, , shareKey, maskKey] = fieldsOf(r0) as Uint8Array[];
      return { r0, identity, shareKey, maskKey } as Record<
        'identity' | 'shareKey' | 'maskKey',
        Uint8Array
      > & {
        r0: outsider.SignedBytes;
      };
    });
    const rosterRoot = c.merkleRoot(
      entries.map(({ identity, r0 }) => outsider.rosterEntry(identity, null, r0)),
    );
    const ctx = outsider.H('context', openingId, rosterRoot, { q: threshold, t: threshold });
    const [stated] = fieldsOf(signedOf(roster['statement']));
    expectEqual(c.toHex(stated as Uint8Array), c.toHex(ctx));
    return { ctx, rosterRoot, roster: entries, threshold, layout };
  }

  #openPackets(secrets: outsider.Secrets, shared: outsider.Shared, self: number, reply: Message) {
    const own = at(shared.roster, self);
    const { privateKey } = c.shareKeyPair(secrets.shareKeySeed);
    return new Map<number, readonly (Uint8Array | null)[]>(
      (reply['deliveries'] as Message[]).map((delivery) => {
        const position = delivery['position'] as number;
        const dealer = at(shared.roster, position);
        const labels = (kind: string) => `blindsum/v1/${kind}`;
        const info = [labels('share-key'), dealer.identity, own.identity, dealer.shareKey, own.shareKey];
        const derived = c.hkdfSha256({
          ikm: c.agree(privateKey, dealer.shareKey),
          salt: shared.ctx,
          info: c.encodeCanonical(info),
          length: 44,
        });
        const parties = [dealer.identity, own.identity];
        const plaintext = c.openShares({
          key: derived.slice(0, 32),
          nonce: derived.slice(32),
          aad: c.encodeCanonical([labels('share-aad'), shared.ctx, shared.rosterRoot, ...parties]),
          ciphertext: Uint8Array.from(delivery['ciphertext'] as Uint8Array),
        });
        if (plaintext === null) throw new Error('a packet does not decrypt');
        const ends = [position, self].map((of) => outsider.place(of, shared.roster.length));
        const [from, middle] = [plaintext.length - 64, plaintext.length - 32];
        if (c.toHex(plaintext.slice(0, from)) !== c.toHex(c.concatBytes(...ends)))
          throw new Error('a packet of somebody else');
        return [position, [plaintext.slice(from, middle), plaintext.slice(middle)]];
      }),
    );
  }

  async #upload(
    sessionId: Uint8Array,
    message: outsider.SignedBytes,
    vectors: readonly outsider.MaskedVector[],
  ): Promise<void> {
    const bytes = c.concatBytes(...vectors.map(({ packed }) => packed));
    const { nextOffset } = await this.#call('BeginUpload', { sessionId, message });
    const piece = 7; // small, so that there are several
    for (let offset = nextOffset as number; offset < bytes.length; offset += piece) {
      const reply = await this.#call('PutChunk', {
        sessionId,
        offset,
        chunk: bytes.subarray(offset, offset + piece),
      });
      expectEqual(reply['nextOffset'], Math.min(offset + piece, bytes.length));
    }
    await this.#call('CommitUpload', { sessionId });
    await this.#call('CommitUpload', { sessionId });
  }

  /** PROTOCOL §8.1 and §10. */
  #metadata(): Metadata {
    const base64url = (text: string | Uint8Array) => Buffer.from(text).toString('base64url');
    const iat = Math.floor(Date.now() / 1000);
    const claims = {
      iss: c.toHex(this.#identity),
      aud: `blindsum/v1/coordinator/${c.toHex(this.#coordinator)}`,
      iat,
      exp: iat + 60,
      jti: randomBytes(8).toString('hex'),
    };
    const header = { alg: 'EdDSA', typ: 'blindsum-token+jwt' };
    const text = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${text}.${base64url(c.signMessage(this.#seed, c.utf8(text)))}`);
    metadata.set('blindsum-version', '1');
    return metadata;
  }

  #method(name: string): MethodDefinition<object, object> {
    return this.#service[name] as MethodDefinition<object, object>;
  }

  #call(name: string, request: Message): Promise<Message> {
    const { path, requestSerialize, responseDeserialize } = this.#method(name);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        this.#metadata(),
        (error, reply) => (error === null ? resolve(reply as Message) : reject(error)),
      );
    });
  }

  #stream(name: string, request: Message) {
    const { path, requestSerialize, responseDeserialize } = this.#method(name);
    return this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      this.#metadata(),
    );
  }

  /** PROTOCOL §8.3. */
  async #paged(name: string, request: Message): Promise<Message> {
    let whole: Message | null = null;
    for await (const page of this.#stream(name, request) as AsyncIterable<Message>)
      whole = joined(whole, page);
    if (whole === null) throw new Error('an empty reply');
    return whole;
  }

  async #blob(name: string, request: Message): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const { chunk } of this.#stream(name, request) as AsyncIterable<Message>)
      chunks.push(Uint8Array.from(chunk as Uint8Array));
    return c.concatBytes(...chunks);
  }

  async #announcement(task: Message): Promise<Message> {
    const stream = this.#stream('WatchSessions', task);
    stream.on('error', () => undefined);
    let whole: Message | null = null;
    for await (const page of stream as AsyncIterable<Message>) {
      whole = joined(whole, page);
      if (page['more'] !== true) break;
    }
    stream.cancel();
    if (whole === null) throw new Error('no session');
    return whole;
  }

  async #phase(sessionId: Uint8Array, wanted: string): Promise<void> {
    const stream = this.#stream('WatchSession', { sessionId });
    stream.on('error', () => undefined);
    for await (const { phase } of stream as AsyncIterable<Message>) if (phase === wanted) break;
    stream.cancel();
  }
}

function joined(whole: Message | null, page: Message): Message {
  if (whole === null) return page;
  for (const [field, items] of Object.entries(page)) {
    if (Array.isArray(items)) whole[field] = [...(whole[field] as unknown[]), ...(items as unknown[])];
  }
  return whole;
}

function membersOf(statement: outsider.SignedBytes, rosterSize: number): number[] {
  const bitmap = at(fieldsOf(statement), 2) as Uint8Array;
  return Array.from({ length: rosterSize }, (_, position) => position).filter(
    (position) => ((at([...bitmap], position >> 3) >> (position & 7)) & 1) === 1,
  );
}

function expectEqual(given: unknown, expected: unknown): void {
  if (given !== expected) throw new Error(`expected ${String(expected)}, got ${String(given)}`);
}
