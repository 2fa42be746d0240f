import type { SSMClient } from '@aws-sdk/client-ssm';
import type { CalendarFormat } from '../../core/icalendar/parse-calendar.ts';
import type { CalendarSource } from '../../ports/calendar-source.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Copy, makeRefreshingRead } from '../calendar/refreshing.ts';
import { AwsCalendarError, describeAwsFailure } from './aws-calendar-error.ts';

const TIMEOUT_MS = 10_000;

export type ChangeCalendarOptions = {
  readonly arn: string;
  readonly format: CalendarFormat;
  readonly refreshMs: number;
  readonly clock: Clock;
  /** Opened when first needed. Default: of the region in the ARN. */
  readonly openClient?: (region: string) => Promise<SSMClient>;
};

/** A Systems Manager change calendar: an SSM document whose content is an iCalendar. Whether it is open or closed by default doesn't matter here. */
export function makeChangeCalendarSource({ arn, format, refreshMs, clock, openClient = openSsm }: ChangeCalendarOptions): CalendarSource {
  const region = arn.split(':')[3] ?? '';
  let client: Promise<SSMClient> | undefined;

  async function fetch(): Promise<Copy> {
    const { GetDocumentCommand } = await import('@aws-sdk/client-ssm');
    client ??= openClient(region);
    try {
      const { Content: text, DocumentType: type } = await (await client).send(new GetDocumentCommand({ Name: arn }), {
        abortSignal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (type === 'ChangeCalendar' && text !== undefined) return { text };
      throw new AwsCalendarError(`Calendar ${arn} is a document of type ${type ?? 'unknown'}. Name one of type ChangeCalendar.`);
    } catch (error) {
      if (error instanceof AwsCalendarError) throw error;
      throw describeAwsFailure(arn, error, ADVICE);
    }
  }

  return { name: arn, format, read: makeRefreshingRead({ refreshMs, clock, fetch }) };
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['InvalidDocument', '. Check its name, account and region'],
  ['AccessDeniedException', '. The role needs ssm:GetDocument on it'],
]);

async function openSsm(region: string): Promise<SSMClient> {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  return new SSMClient({ region, maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } });
}
