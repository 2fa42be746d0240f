import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EnvironmentError, parseEnvironment } from '../../lambda/runtime/environment.ts';

const Schema = z.object({ TABLE_NAME: z.string().min(1), LOG_LEVEL: z.enum(['debug', 'info']), TOKEN: z.string().max(3) });

describe('parseEnvironment', () => {
  it('takes what the schema reads and nothing else', () => {
    expect(parseEnvironment(Schema, { TABLE_NAME: 'state', LOG_LEVEL: 'info', TOKEN: 'abc', HOME: '/root' })).toEqual({
      TABLE_NAME: 'state',
      LOG_LEVEL: 'info',
      TOKEN: 'abc',
    });
  });

  it('names every variable that is missing or wrong, and repeats no value', () => {
    const parse = () => parseEnvironment(Schema, { LOG_LEVEL: 'loud', TOKEN: 'hunter2' });
    expect(parse).toThrow(EnvironmentError);
    expect(parse).toThrow(
      /^environment: TABLE_NAME is not set; LOG_LEVEL: .*; TOKEN: .*\. Deploy the stack again: it sets these variables\.$/,
    );
    expect(parse).not.toThrow(/hunter2|loud/);
  });
});
