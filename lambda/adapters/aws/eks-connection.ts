import { type InstantMs, MINUTE_MS } from '../../core/units/quantities.ts';
import { type ClusterConnection, makeAgent } from '../kubernetes/connection.ts';
import { makeKept } from '../kubernetes/kept.ts';
import { adviseUnreachable, type EksAccess } from './eks-advice.ts';
import { type EksChoice, type EksSources, explainRejection, makeEksSources, readEksCredentials, readEksEndpoint } from './eks-sources.ts';
import { signEksToken } from './eks-token.ts';

/** EKS takes a token for 15 minutes. */
const TOKEN_LIFE_MS = 14 * MINUTE_MS;
/** A token dies with the credentials that signed it. */
const CREDENTIALS_MARGIN_MS = MINUTE_MS;

type Token = { readonly text: string; readonly untilMs: InstantMs };
type Reached = { readonly server: string; readonly ca: string; readonly agent: ReturnType<typeof makeAgent> };

/** Connects to an EKS cluster as the caller's IAM principal. Nothing is asked of AWS before the first request. */
export function connectByEks(choice: EksChoice, sources: EksSources = makeEksSources(choice)): ClusterConnection {
  let reached: Reached | undefined;
  /** Kept when the endpoint is dropped: it explains why nobody answered there. */
  let access: EksAccess = {};

  const endpoint = makeKept<Reached>(async () => {
    const described = await readEksEndpoint(choice, sources);
    const { server, ca } = described;
    access = described.access;
    // The same endpoint again keeps its connections; an outdated agent's idle ones close by themselves.
    if (reached?.server !== server || reached.ca !== ca) reached = { server, ca, agent: makeAgent({ ca }) };
    return reached;
  });

  const token = makeKept<Token>(
    async () => {
      const nowMs = sources.now();
      const credentials = await readEksCredentials(choice, sources);
      const text = await signEksToken(choice.clusterName, choice.region, credentials, nowMs);
      const diesMs =
        credentials.expiration === undefined ? Number.POSITIVE_INFINITY : credentials.expiration.getTime() - CREDENTIALS_MARGIN_MS;
      return { text, untilMs: Math.min(nowMs + TOKEN_LIFE_MS, diesMs) };
    },
    ({ untilMs }) => sources.now() < untilMs,
  );

  return {
    async open() {
      const [{ server, agent }, { text }] = await Promise.all([endpoint.get(), token.get()]);
      return { server, headers: { Authorization: `Bearer ${text}` }, dispatcher: agent };
    },
    renew(why) {
      // A cluster that was made anew under its name has another endpoint and CA, and may reject us at the old ones.
      endpoint.drop();
      if (why === 'rejected') token.drop();
    },
    async explain(why) {
      return why === 'rejected' ? explainRejection(choice, access, sources) : adviseUnreachable(choice, access);
    },
    async close() {
      endpoint.drop();
      const agent = reached?.agent;
      reached = undefined;
      await agent?.close();
    },
  };
}
