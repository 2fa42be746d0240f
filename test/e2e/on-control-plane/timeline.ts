import { z } from 'zod';
import type { Api } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';

/** Something that changed in the cluster. */
export type Entry = {
  /** The API server numbers all changes of all kinds in one sequence, so this orders them whatever watch brought them first. */
  readonly version: bigint;
  readonly heardMs: number;
  readonly what: string;
};

/** How to see one kind: the collection and what is worth telling of one object. */
export type Sight = { readonly collection: string; readonly tell: (object: unknown) => string | undefined };

export type Timeline = {
  /** In the order in which it happened. */
  readonly entries: () => readonly Entry[];
  readonly waitFor: (what: string, deadlineMs: number, isThere: (texts: readonly string[]) => boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const Listed = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });
const Versioned = z.object({ metadata: z.object({ uid: z.string(), resourceVersion: z.string() }) });

/** Watches from now on. What an object already is says nothing; each difference of what is told of it is an entry. */
export async function recordTimeline(api: Api, sights: readonly Sight[]): Promise<Timeline> {
  const entries: Entry[] = [];
  const told = new Map<string, string | undefined>();
  const ended = new AbortController();
  let failure: unknown;

  async function follow({ collection, tell }: Sight): Promise<void> {
    const { metadata, items } = await api.read(collection, Listed);
    for (const item of items) told.set(Versioned.parse(item).metadata.uid, tell(item));
    watching.push(
      api
        .watch(collection, metadata.resourceVersion, ended.signal, ({ type, object }) => {
          const { uid, resourceVersion } = Versioned.parse(object).metadata;
          const text = tell(object);
          const what = type === 'DELETED' ? text && `${text}; gone` : text;
          if (what === undefined || what === told.get(uid)) return;
          told.set(uid, what);
          entries.push({ version: BigInt(resourceVersion), heardMs: Date.now(), what });
        })
        .catch((error: unknown) => {
          failure ??= error;
        }),
    );
  }

  const watching: Promise<void>[] = [];
  await Promise.all(sights.map(follow));
  const inOrder = () => entries.toSorted((one, other) => Number(one.version - other.version));
  return {
    entries: inOrder,
    async waitFor(what, deadlineMs, isThere) {
      const check = async () => {
        if (failure !== undefined) throw failure;
        return isThere(inOrder().map((entry) => entry.what)) ? true : undefined;
      };
      const explain = async () =>
        inOrder()
          .slice(-30)
          .map((entry) => entry.what)
          .join('\n');
      await until(what, check, { deadlineMs, explain });
    },
    async stop() {
      ended.abort();
      await Promise.all(watching);
    },
  };
}
