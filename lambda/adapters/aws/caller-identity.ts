import { request } from 'undici';
import { z } from 'zod';

const TIMEOUT_MS = 4_000;

const Identity = z.object({ GetCallerIdentityResponse: z.object({ GetCallerIdentityResult: z.object({ Arn: z.string() }) }) });
const Refusal = z.object({ Error: z.object({ Code: z.string(), Message: z.string() }) });

/**
 * Who STS takes a signed GetCallerIdentity request for: the ARN of the principal. STS asks for no permission.
 * @throws {Error} named like AWS's error code when STS refuses the credentials.
 */
export async function readCallerArn(signedUrl: string): Promise<string> {
  const { statusCode, body } = await request(signedUrl, {
    headers: { accept: 'application/json' },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer: unknown = await body.json();
  if (statusCode === 200) return Identity.parse(answer).GetCallerIdentityResponse.GetCallerIdentityResult.Arn;
  const { Code, Message } = Refusal.parse(answer).Error;
  throw Object.assign(new Error(Message), { name: Code, $metadata: { httpStatusCode: statusCode } });
}

/**
 * The IAM principal that an access entry names: of an assumed role the role itself. STS leaves out the path of a role, so for one
 * that has a path the ARN is not whole.
 */
export function principalOf(callerArn: string): string {
  const [, partition, account, role] = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(callerArn) ?? [];
  return role === undefined ? callerArn : `arn:${partition}:iam::${account}:role/${role}`;
}
