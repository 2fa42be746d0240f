import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../../lambda/core/config/parse.ts';
import { EVENT, event, file } from './smallest.ts';

function refusal(text: string): string {
  try {
    parseConfig(text, 'f.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no problem';
}

describe('a file with one fault', () => {
  it.each<[string, Parameters<typeof file>[0], string]>([
    [
      'unknown key',
      { workload: 'bound: { min: 1, max: 2 }' },
      'f.yaml:3:86 workloads[0].bound: is not a known key\n    fix: did you mean bounds?',
    ],
    [
      'unknown key far from any',
      { rest: 'zzzzzzz: 1' },
      'f.yaml:7:1 zzzzzzz: is not a known key\n    fix: known keys: version, timezone, clusters, workloads, calendar, capacity, spend, signals, metricsApi, notifications',
    ],
    [
      'static floor above bounds.max',
      { workload: 'bounds: { min: 1, max: 20 }', events: event({ floor: '30' }) },
      'f.yaml:6:86 calendar.events[0].floor: is 30 replicas, above bounds.max of workload chat, 20\n    fix: lower it to 20, or raise the max',
    ],
    [
      "static floor above the event's max",
      { events: event({ floor: '30', max: '20' }) },
      'f.yaml:6:86 calendar.events[0].floor: is 30 replicas, above max of the event, 20\n    fix: lower it to 20, or raise the max',
    ],
    [
      'demand floor above bounds.max',
      {
        workload: 'bounds: { min: 1, max: 20 }, replica: { capacity: { requestsPerMinute: 10 } }',
        events: event({ floor: '{ requestsPerMinute: 201 }' }),
      },
      'f.yaml:6:86 calendar.events[0].floor: is 21 replicas of chat (201 ÷ 10), above bounds.max of workload chat, 20 (got { requestsPerMinute: 201 })\n    fix: lower it to 20, or raise the max',
    ],
    [
      'demand floor without capacity',
      { events: event({ floor: '{ tokensPerSecond: 5 }' }) },
      'f.yaml:6:105 calendar.events[0].floor.tokensPerSecond: needs the tokensPerSecond that one replica of chat serves (got 5)\n    fix: add replica: { capacity: { tokensPerSecond: … } } to workload chat, or write the floor in replicas',
    ],
    [
      'event ending before it starts',
      { events: event({ duration: undefined, end: '2026-11-26T23:59' }) },
      'f.yaml:6:81 calendar.events[0].end: is before its start, 2026-11-27T00:00 (got 2026-11-26T23:59)\n    fix: put end after start; the end itself is not part of the event',
    ],
    [
      'event without length',
      { events: event({ duration: undefined, end: '2026-11-27T00:00' }) },
      'f.yaml:6:81 calendar.events[0].end: is its start: the event has no length (got 2026-11-27T00:00)\n    fix: put end after start; the end itself is not part of the event',
    ],
    [
      'end before start across offsets',
      { events: event({ start: '2026-11-27T00:00', timezone: 'America/New_York', duration: undefined, end: '2026-11-27T04:59Z' }) },
      'f.yaml:6:109 calendar.events[0].end: is before its start, 2026-11-27T00:00 (got 2026-11-27T04:59Z)\n    fix: put end after start; the end itself is not part of the event',
    ],
    [
      'end and duration',
      { events: event({ end: '2026-11-28' }) },
      'f.yaml:6:75 calendar.events[0].duration: is given beside end (got 3h)\n    fix: keep one of end and duration',
    ],
    [
      'neither end nor duration',
      { events: event({ duration: undefined }) },
      'f.yaml:6:7 calendar.events[0]: has neither end nor duration\n    fix: add for example duration: 3h',
    ],
    [
      'impossible date',
      { events: event({ start: '2026-02-30T00:00' }) },
      'f.yaml:6:47 calendar.events[0].start: is not a date that exists (got 2026-02-30T00:00)\n    fix: 2026-02 has the days 01 to 28',
    ],
    [
      'impossible leap day',
      { events: event({ start: '2027-02-29' }) },
      'f.yaml:6:47 calendar.events[0].start: is not a date that exists (got 2027-02-29)\n    fix: 2027-02 has the days 01 to 28',
    ],
    [
      'impossible hour',
      { events: event({ start: '2026-11-27T24:00' }) },
      'f.yaml:6:47 calendar.events[0].start: is not a time that exists (got 2026-11-27T24:00)\n    fix: write 00:00 of the next day',
    ],
    [
      'impossible month',
      { events: event({ start: '2026-13-01' }) },
      'f.yaml:6:47 calendar.events[0].start: is not a date that exists (got 2026-13-01)\n    fix: months go from 01 to 12',
    ],
    [
      'year out of range',
      { events: event({ start: '0026-11-27' }) },
      'f.yaml:6:47 calendar.events[0].start: is not a date that exists (got 0026-11-27)\n    fix: years go from 1970 to 2199',
    ],
    [
      'American date',
      { events: event({ start: '11/27/2026' }) },
      'f.yaml:6:47 calendar.events[0].start: must be a date and time (got 11/27/2026)\n    fix: write year-month-day, such as 2026-11-27T00:00',
    ],
    [
      'bracketed zone',
      { events: event({ start: '"2026-11-27T00:00[Europe/Paris]"' }) },
      'f.yaml:6:47 calendar.events[0].start: must be a date and time (got 2026-11-27T00:00[Europe/Paris])\n    fix: write the zone as timezone: of the event, and the time without it',
    ],
    [
      'impossible exception',
      { events: event({ recurrence: 'FREQ=DAILY', except: '[2026-02-30]' }) },
      'f.yaml:6:123 calendar.events[0].except[0]: is not a date that exists (got 2026-02-30)\n    fix: 2026-02 has the days 01 to 28',
    ],
    [
      'holidays that nobody configured',
      { events: event({ recurrence: 'FREQ=DAILY', except: '[holidays]' }) },
      'f.yaml:6:123 calendar.events[0].except[0]: is holidays, but none are configured\n    fix: add holidays: { country: US } to the event or to calendar',
    ],
    [
      'unknown workload',
      { events: event({ workloads: '[caht]' }) },
      'f.yaml:6:33 calendar.events[0].workloads[0]: is not the name of a workload (got caht)\n    fix: did you mean chat?',
    ],
    [
      'workload named twice',
      { events: event({ workloads: '[chat, chat]' }) },
      'f.yaml:6:39 calendar.events[0].workloads[1]: is named twice, first as entry 1 (got chat)\n    fix: remove one of the two',
    ],
    [
      'no workload',
      { events: event({ workloads: '[]' }) },
      'f.yaml:6:32 calendar.events[0].workloads: must have at least 1 entry (got [])\n    fix: add an entry',
    ],
    [
      'unknown cluster',
      { workload: 'cluster: dev' },
      'f.yaml:3:95 workloads[0].cluster: is not the name of a cluster (got dev)\n    fix: clusters: prod',
    ],
    [
      'unknown group',
      { workload: 'group: l40s' },
      'f.yaml:3:93 workloads[0].group: is not the name of a pool group (got l40s)\n    fix: there are no pool groups',
    ],
    [
      'unknown zone',
      { events: event({ timezone: 'Europe/Pari' }) },
      'f.yaml:6:100 calendar.events[0].timezone: is not a known time zone (got Europe/Pari)\n    fix: did you mean Europe/Paris?',
    ],
    [
      'abbreviated zone',
      { rest: 'timezone: PST' },
      'f.yaml:7:11 timezone: is not a known time zone (got PST)\n    fix: write an IANA name such as America/Los_Angeles',
    ],
    [
      'offset as zone',
      { rest: 'timezone: "+02:00"' },
      'f.yaml:7:11 timezone: is not a known time zone (got +02:00)\n    fix: write an IANA name such as Europe/Paris; an offset knows no daylight saving time',
    ],
    [
      'duration without unit',
      { workload: 'leadTime: { default: 12 }' },
      'f.yaml:3:107 workloads[0].leadTime.default: must be a duration with its unit (got 12)\n    fix: write 12m for minutes, 12s for seconds, 12h for hours',
    ],
    [
      'quoted duration without unit',
      { workload: 'leadTime: { default: "12" }' },
      'f.yaml:3:107 workloads[0].leadTime.default: has no unit (got 12)\n    fix: write 12m for minutes, 12s for seconds, 12h for hours',
    ],
    [
      'duration in words',
      { events: event({ duration: '3 hours' }) },
      'f.yaml:6:75 calendar.events[0].duration: is not a duration (got 3 hours)\n    fix: write 3h',
    ],
    [
      'duration of a month',
      { events: event({ duration: 'P1M' }) },
      'f.yaml:6:75 calendar.events[0].duration: has months or years, which have no fixed length (got P1M)\n    fix: write days, such as 30d',
    ],
    [
      'duration of no length',
      { events: event({ duration: '0m' }) },
      'f.yaml:6:75 calendar.events[0].duration: must be at least 1m (got 0m)\n    fix: write a longer duration',
    ],
    [
      'duplicate event',
      { events: `${EVENT}\n${EVENT}` },
      'f.yaml:7:15 calendar.events[1].name: is already the name of events[0] (got sale)\n    fix: give each its own name',
    ],
    [
      'duplicate key',
      { workload: 'tier: batch, tier: critical' },
      'f.yaml:3:99 workloads[0].tier: is given twice, first on line 3\n    fix: keep one of the two',
    ],
    [
      'NaN',
      { workload: 'replica: { gpus: .nan }' },
      'f.yaml:3:103 workloads[0].replica.gpus: must be a whole number (got .nan)\n    fix: write for example 1',
    ],
    [
      'infinity',
      { events: event({ floor: '.inf' }) },
      'f.yaml:6:86 calendar.events[0].floor: must be a whole number of replicas (got .inf)\n    fix: write for example 4',
    ],
    [
      'negative floor',
      { events: event({ floor: '-1' }) },
      'f.yaml:6:86 calendar.events[0].floor: must be at least 0 (got -1)\n    fix: write a whole number of replicas, such as 4',
    ],
    [
      'fractional floor',
      { events: event({ floor: '1.5' }) },
      'f.yaml:6:86 calendar.events[0].floor: must be a whole number of replicas (got 1.5)\n    fix: write for example 4',
    ],
    [
      'quoted floor',
      { events: event({ floor: '"30"' }) },
      'f.yaml:6:86 calendar.events[0].floor: must be a whole number of replicas, { add: n }, { times: f }, { requestsPerMinute: n }, { tokensPerSecond: n }, { concurrency: n } or learned (got 30)\n    fix: remove the quotes: 30',
    ],
    [
      'unknown floor',
      { events: event({ floor: '{ plus: 4 }' }) },
      'f.yaml:6:86 calendar.events[0].floor: must be a whole number of replicas, { add: n }, { times: f }, { requestsPerMinute: n }, { tokensPerSecond: n }, { concurrency: n } or learned (got { plus: 4 })\n    fix: write for example 30',
    ],
    [
      'relative floor with a negative number',
      { events: event({ floor: '{ add: -4 }' }) },
      'f.yaml:6:93 calendar.events[0].floor.add: must be at least 0 (got -4)\n    fix: write a whole number of replicas, such as 4',
    ],
    [
      'no floor',
      { events: event({ floor: undefined }) },
      'f.yaml:6:7 calendar.events[0].floor: is required\n    fix: write for example 30',
    ],
    [
      'empty floor',
      { events: event({ floor: '' }) },
      'f.yaml:6:79 calendar.events[0].floor: is empty\n    fix: write a value, or remove the key',
    ],
    [
      'min above max',
      { workload: 'bounds: { min: 3, max: 2 }' },
      'f.yaml:3:101 workloads[0].bounds.min: is above max, 2 (got 3)\n    fix: lower min or raise max',
    ],
    [
      'negative min',
      { workload: 'bounds: { min: -1, max: 2 }' },
      'f.yaml:3:101 workloads[0].bounds.min: must be at least 0 (got -1)\n    fix: write a whole number of replicas, such as 4',
    ],
    [
      'max of 0',
      { workload: 'bounds: { min: 0, max: 0 }' },
      'f.yaml:3:109 workloads[0].bounds.max: must be at least 1 (got 0)\n    fix: write a whole number of replicas, such as 4',
    ],
    [
      'one-step ramp that takes time',
      { events: event({ ramp: '{ over: 20m }' }) },
      'f.yaml:6:96 calendar.events[0].ramp: has one step, which takes no time, but an `over` (got { over: 20m })\n    fix: write steps: 2 or more, or remove over',
    ],
    [
      'release longer than its maxHold',
      { events: event({ release: '{ steps: 2, over: 2h, maxHold: 1h }' }) },
      'f.yaml:6:117 calendar.events[0].release.over: is longer than maxHold (got 2h)\n    fix: raise maxHold, or remove it',
    ],
    [
      'cron expression',
      { events: event({ recurrence: '"0 9 * * 1-5"' }) },
      'f.yaml:6:102 calendar.events[0].recurrence: is not an RFC 5545 rule (got 0 9 * * 1-5)\n    fix: instead of a cron expression write for example FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    ],
    [
      'rule without FREQ',
      { events: event({ recurrence: 'BYDAY=MO' }) },
      'f.yaml:6:102 calendar.events[0].recurrence: has no FREQ (got BYDAY=MO)\n    fix: add for example FREQ=WEEKLY',
    ],
    [
      'misspelt rule part',
      { events: event({ recurrence: 'FREQ=WEEKLY;BYDAYS=MO' }) },
      'f.yaml:6:102 calendar.events[0].recurrence: has the unknown part BYDAYS (got FREQ=WEEKLY;BYDAYS=MO)\n    fix: did you mean BYDAY?',
    ],
    [
      'rule that the calendar refuses',
      { events: event({ recurrence: 'FREQ=OFTEN' }) },
      'f.yaml:6:102 calendar.events[0].recurrence: FREQ=OFTEN is unknown: write one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY',
    ],
    [
      'COUNT and UNTIL',
      { events: event({ recurrence: 'FREQ=DAILY;COUNT=3;UNTIL=20261231' }) },
      'f.yaml:6:102 calendar.events[0].recurrence: has both COUNT and UNTIL (got FREQ=DAILY;COUNT=3;UNTIL=20261231)\n    fix: keep one of the two',
    ],
    [
      'DTSTART in the recurrence',
      { events: event({ recurrence: '["DTSTART:20261127T000000", "RRULE:FREQ=DAILY"]' }) },
      'f.yaml:6:102 calendar.events[0].recurrence: has a DTSTART line, which the event says itself\n    fix: write it as start: and end: or duration: of the event',
    ],
    [
      'impossible EXDATE',
      { events: event({ recurrence: '["RRULE:FREQ=DAILY", "EXDATE:20260230T000000"]' }) },
      'f.yaml:6:102 calendar.events[0].recurrence: has 2026-02-30 in EXDATE, a date that does not exist\n    fix: 2026-02 has the days 01 to 28',
    ],
    [
      'unsupported version',
      { rest: 'version: 2' },
      'f.yaml:7:10 version: must be 1 (got 2)\n    fix: write version: 1, or use a release of Foretide that reads this version',
    ],
    [
      'unknown country',
      { events: event({ holidays: '{ country: Germany }' }) },
      'f.yaml:6:111 calendar.events[0].holidays.country: is not a country with known holidays (got Germany)\n    fix: did you mean DE?',
    ],
    [
      'unknown state',
      { events: event({ holidays: '{ country: US, state: ny }' }) },
      'f.yaml:6:122 calendar.events[0].holidays.state: is not a state of US with known holidays (got ny)\n    fix: did you mean NY?',
    ],
    [
      'learned sizing without bounds',
      { workload: 'sizing: { outsideEvents: learned }' },
      'f.yaml:3:111 workloads[0].sizing.outsideEvents: is learned, which needs bounds: there is no time outside events to read them from the object\n    fix: add for example bounds: { min: 2, max: 60 }',
    ],
    [
      'account as a number',
      { cluster: 'name: prod, region: us-east-1, account: 111122223333' },
      'f.yaml:1:54 clusters[0].account: must be an AWS account id, 12 digits in quotes (got 111122223333)\n    fix: put it in quotes: "111122223333"; as a number it would lose leading zeros',
    ],
    [
      'role of another account',
      { cluster: 'name: prod, region: us-east-1, account: "444455556666", roleArn: "arn:aws:iam::111122223333:role/spoke"' },
      'f.yaml:1:79 clusters[0].roleArn: is a role of another account than 444455556666 (got arn:aws:iam::111122223333:role/spoke)\n    fix: name a role of the account of the cluster',
    ],
    [
      'user instead of role',
      { cluster: 'name: prod, region: us-east-1, roleArn: "arn:aws:iam::111122223333:user/me"' },
      'f.yaml:1:54 clusters[0].roleArn: must be the ARN of an IAM role (got arn:aws:iam::111122223333:user/me)\n    fix: a role is needed: arn:aws:iam::111122223333:role/NAME',
    ],
    [
      'zone instead of region',
      { cluster: 'name: prod, region: us-east-1a' },
      'f.yaml:1:34 clusters[0].region: must be an AWS region (got us-east-1a)\n    fix: write the region of that zone: us-east-1',
    ],
    [
      'cluster that cannot be reached',
      { cluster: 'name: prod' },
      'f.yaml:1:12 clusters[0]: has neither region nor kubeconfig (got { name: prod })\n    fix: add region: us-east-1 for an EKS cluster, or kubeconfig: { context: NAME }',
    ],
    [
      'secret instead of its name',
      { rest: 'notifications: { slack: { webhookSecret: "https://hooks.slack.com/services/T0/B0/abc" } }' },
      'f.yaml:7:27 notifications.slack.webhookSecret: must be the name of a secret, not the secret itself\n    fix: store it in AWS Secrets Manager and write its name here, such as foretide/slack-webhook',
    ],
    [
      'ratio instead of a percentage',
      { rest: 'spend: { prices: { discount: 0.12 } }' },
      'f.yaml:7:30 spend.prices.discount: must be a percentage with its sign (got 0.12)\n    fix: write 12%',
    ],
    [
      'unordered ladder',
      { rest: 'spend: { ladder: [{ at: 90%, do: [notify] }, { at: 50%, do: [notify] }] }' },
      'f.yaml:7:52 spend.ladder[1].at: is not above the stage before it (got 50%)\n    fix: order the stages from the lowest share to the highest',
    ],
    [
      'cap without a limit',
      { rest: 'spend: { caps: [{ name: a }] }' },
      'f.yaml:7:17 spend.caps[0]: has nothing in it that says what it is (got { name: a })\n    fix: write exactly one of usdPerMonth, usdPerDay, maxGpus',
    ],
    ['__proto__', { rest: '__proto__: { a: 1 }' }, 'f.yaml:7:1 __proto__: is not a known key\n    fix: remove it'],
    [
      'constructor as a key',
      { rest: 'constructor: 1' },
      'f.yaml:7:1 constructor: is not a known key\n    fix: known keys: version, timezone, clusters, workloads, calendar, capacity, spend, signals, metricsApi, notifications',
    ],
    [
      'yes for true',
      { workload: 'leadTime: { learn: yes }' },
      'f.yaml:3:105 workloads[0].leadTime.learn: must be true or false (got yes)\n    fix: write true',
    ],
    [
      'name with a space',
      { cluster: 'name: prod one, region: us-east-1' },
      'f.yaml:1:20 clusters[0].name: must be a name of letters, digits, dots, dashes and underscores, at most 100 of them (got prod one)\n    fix: write prod-one',
    ],
  ])('%s', (_, changes, message) => {
    expect(refusal(file(changes))).toBe(message);
  });
});

describe('a file that is wrong as a whole, or across sections', () => {
  it.each([
    [
      'calendars without https',
      'clusters: [{ name: a, region: us-east-1 }]\nworkloads:\n  - { name: w, target: { kind: ScaledObject, namespace: n, name: o } }\ncalendar:\n  sources:\n    - { ics: "http://example.com/a.ics" }\n    - { ics: "webcal://example.com/a.ics" }\n    - { isc: a.ics }\n    - { ics: a.ics, floors: 3 }\n',
      'f.yaml:6:14 calendar.sources[0].ics: must be an https URL, or the path of a file (got http://example.com/a.ics)\n    fix: write https://example.com/a.ics\nf.yaml:7:14 calendar.sources[1].ics: must be an https URL, or the path of a file (got webcal://example.com/a.ics)\n    fix: write https://example.com/a.ics\nf.yaml:8:7 calendar.sources[2]: must be one of { file }, { ics }, { s3 }, { changeCalendar }, { table: true } (got { isc: a.ics })\n    fix: write for example { file: events.yaml }\nf.yaml:9:21 calendar.sources[3].floors: is not a known key\n    fix: did you mean floor?',
    ],
    [
      'two workloads with one target',
      'clusters: [{ name: a, region: us-east-1 }]\nworkloads:\n  - { name: w, target: { kind: ScaledObject, namespace: n, name: o } }\n  - { name: v, target: { kind: ScaledObject, namespace: n, name: o } }\n',
      'f.yaml:4:24 workloads[1].target: is already the target of workloads[0]\n    fix: keep one workload for each object',
    ],
    [
      'two workloads with one name',
      'clusters: [{ name: a, region: us-east-1 }]\nworkloads:\n  - { name: w, target: { kind: ScaledObject, namespace: n, name: o } }\n  - { name: w, target: { kind: ScaledObject, namespace: n, name: p } }\n',
      'f.yaml:4:13 workloads[1].name: is already the name of workloads[0] (got w)\n    fix: give each its own name',
    ],
    [
      'a Deployment as target',
      'clusters: [{ name: a, region: us-east-1 }]\nworkloads:\n  - { name: w, target: { kind: Deployment, namespace: n, name: o } }\n',
      'f.yaml:3:32 workloads[0].target.kind: must be one of ScaledObject, ScaledJob, HorizontalPodAutoscaler (got Deployment)\n    fix: write for example ScaledObject, and the name of the ScaledObject that scales it',
    ],
    [
      'two clusters, and a workload without',
      'clusters: [{ name: a, region: us-east-1 }, { name: b, region: us-east-1 }]\nworkloads:\n  - { name: w, target: { kind: ScaledObject, namespace: n, name: o } }\n',
      'f.yaml:3:5 workloads[0].cluster: is required, since there are 2 clusters\n    fix: write the name of the cluster of the workload',
    ],
    [
      'two clusters with one name',
      'clusters: [{ name: a, region: us-east-1 }, { name: a, region: us-east-1 }]\nworkloads:\n  - { name: w, cluster: a, target: { kind: ScaledObject, namespace: n, name: o } }\n',
      'f.yaml:1:52 clusters[1].name: is already the name of clusters[0] (got a)\n    fix: give each its own name',
    ],
    [
      'a group of another cluster',
      'clusters: [{ name: a, region: us-east-1 }, { name: b, region: us-east-1 }]\nworkloads:\n  - { name: w, cluster: a, group: g, target: { kind: ScaledObject, namespace: n, name: o } }\ncapacity: { groups: [{ name: g, cluster: b, pools: { spot: p } }, { name: g, cluster: b, pools: {} }] }\n',
      'f.yaml:3:35 workloads[0].group: is a pool group of cluster b, not of a (got g)\n    fix: name a group of the same cluster\nf.yaml:4:75 capacity.groups[1].name: is already the name of groups[0] (got g)\n    fix: give each its own name\nf.yaml:4:97 capacity.groups[1].pools: has no NodePool (got {})\n    fix: write one or more of reserved, onDemand, spot',
    ],
    [
      'two caps with one name, one of an unknown workload',
      'clusters: [{ name: a, region: us-east-1 }]\nworkloads:\n  - { name: w, target: { kind: ScaledObject, namespace: n, name: o } }\nspend: { caps: [{ name: c, usdPerDay: 1 }, { name: c, scope: { workload: x }, usdPerDay: 1 }] }\n',
      'f.yaml:4:52 spend.caps[1].name: is already the name of caps[0] (got c)\n    fix: give each its own name\nf.yaml:4:74 spend.caps[1].scope.workload: is not the name of a workload (got x)\n    fix: workloads: w',
    ],
    [
      'faults everywhere',
      'clusters: [{ name: a, region: nowhere }]\nworkloads:\n  - { name: w, target: { kind: ScaledObject, namespace: N, name: o } }\ncalendar:\n  events:\n    - { name: e, workloads: [x], start: 2026-02-30, duration: 3, floor: -1, colour: red }\n',
      'f.yaml:1:31 clusters[0].region: must be an AWS region (got nowhere)\n    fix: write for example us-east-1\nf.yaml:3:57 workloads[0].target.namespace: must be a Kubernetes namespace (got N)\n    fix: write for example inference\nf.yaml:6:30 calendar.events[0].workloads[0]: is not the name of a workload (got x)\n    fix: workloads: w\nf.yaml:6:41 calendar.events[0].start: is not a date that exists (got 2026-02-30)\n    fix: 2026-02 has the days 01 to 28\nf.yaml:6:63 calendar.events[0].duration: must be a duration with its unit (got 3)\n    fix: write 3m for minutes, 3s for seconds, 3h for hours\nf.yaml:6:73 calendar.events[0].floor: must be at least 0 (got -1)\n    fix: write a whole number of replicas, such as 4\nf.yaml:6:77 calendar.events[0].colour: is not a known key\n    fix: known keys: name, class, importance, workloads, timezone, holidays, start, end, duration, recurrence, except, floor, fallbackFloor, max, ramp, release, spot',
    ],
    ['an empty file', '', 'f.yaml:1:1: the file is empty\n    fix: start from examples/reference.yaml: clusters, workloads and one event'],
    [
      'a file of comments',
      '# later\n',
      'f.yaml:1:1: the file is empty\n    fix: start from examples/reference.yaml: clusters, workloads and one event',
    ],
    [
      'a list',
      '- a\n- b\n',
      'f.yaml:1:1: the file is a list, not a map\n    fix: write keys at its top: version, clusters, workloads, calendar',
    ],
    [
      'a scalar',
      'hello\n',
      'f.yaml:1:1: the file is a single value, not a map\n    fix: write keys at its top: version, clusters, workloads, calendar',
    ],
    [
      'tabs',
      'clusters:\n\t- name: prod\n',
      'f.yaml:2:1: is not valid YAML: tabs are not allowed as indentation\n    fix: indent with spaces; YAML allows no tabs there',
    ],
    [
      'a tag',
      'timezone: !!binary VVRD\n',
      'f.yaml:1:1 clusters: is required\n    fix: write for example clusters: [{ name: prod-use1, region: us-east-1 }]\nf.yaml:1:1 workloads: is required\n    fix: write for example workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: llama-8b } }]\nf.yaml:1:20 timezone: has the tag tag:yaml.org,2002:binary, which has no meaning here\n    fix: write the plain value without a tag',
    ],
    [
      'several documents',
      'version: 1\n---\nversion: 1\n',
      'f.yaml:2:1: the file holds several YAML documents\n    fix: keep one document: remove the --- lines',
    ],
    [
      'YAML 1.1',
      '%YAML 1.1\n---\nversion: 1\n',
      'f.yaml:1:1: is written for YAML 1.1, which reads yes, no and 12:30 differently\n    fix: remove the %YAML line',
    ],
    [
      'an unclosed quote',
      'timezone: "UTC\n',
      'f.yaml:2:1: is not valid YAML: missing closing "quote\n    fix: close the quote or bracket, or add the missing comma or colon',
    ],
    [
      'an alias without an anchor',
      'timezone: *utc\n',
      'f.yaml:1:1 clusters: is required\n    fix: write for example clusters: [{ name: prod-use1, region: us-east-1 }]\nf.yaml:1:1 workloads: is required\n    fix: write for example workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: llama-8b } }]\nf.yaml:1:11 timezone: refers to *utc, but no &utc precedes it\n    fix: put a text that starts with * in quotes',
    ],
    ['a replacement character', 'timezone: UTC # �\n', 'f.yaml:1:17: the file is not valid UTF-8 text\n    fix: save it as UTF-8'],
    [
      'a key that is a list',
      '? [a]\n: 1\n',
      'f.yaml:1:1 clusters: is required\n    fix: write for example clusters: [{ name: prod-use1, region: us-east-1 }]\nf.yaml:1:1 workloads: is required\n    fix: write for example workloads: [{ name: chat, target: { kind: ScaledObject, namespace: inference, name: llama-8b } }]\nf.yaml:1:3: has a key that is no text\n    fix: write `key: value`; put values that contain { or [ in quotes',
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toBe(message);
  });
});

describe('a hostile file is refused in seconds', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...[...'bcdefghi'].map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]}, `.repeat(9)}]`),
  ];

  it.each([
    ['2 MB', 'a: b\n'.repeat(420_000), 'f.yaml:1:1: the file has 2100000 characters, more than the 1000000 that are read'],
    ['an alias bomb', bomb.join('\n'), 'f.yaml:6:7 f: holds more than 200000 values once its aliases are expanded'],
    ['half a million open brackets', `a: ${'['.repeat(500_000)}`, 'f.yaml:1:1: the file is nested deeper than 32 levels'],
    ['33 levels', `a: ${'['.repeat(33)}${']'.repeat(33)}`, 'f.yaml:1:36: the file is nested deeper than 32 levels'],
    ['block nesting', '- '.repeat(400_000), 'the file is nested deeper than 32 levels'],
    ['a million syntax errors', '}'.repeat(999_999), 'f.yaml:1:1: is not valid YAML'],
    ['9,000 unknown keys', Array.from({ length: 9_000 }, (_, index) => `k${index}: 1\n`).join(''), 'and 8902 more'],
    [
      '60,000 keys',
      Array.from({ length: 60_000 }, (_, index) => `k${index}: 1\n`).join(''),
      'f.yaml:1:1: has 60000 entries, more than the 10000 that are read',
    ],
    [
      '190,000 events',
      `calendar: { events: [${'[],'.repeat(190_000)}] }`,
      'f.yaml:1:21 calendar.events: has 190000 entries, more than the 10000 that are read',
    ],
  ])('%s', { timeout: 10_000 }, (_, text, message) => {
    const refused = refusal(text);
    expect(refused).toContain(message);
    expect(refused.length).toBeLessThan(30_000);
  });
});

describe('problems as data', () => {
  it('carry path, place, value, message and fix', () => {
    const text = file({ workload: 'bounds: { min: -1, max: 2 }' });
    expect(() => parseConfig(text, 'f.yaml')).toThrow(
      expect.objectContaining({
        fileName: 'f.yaml',
        problems: [
          {
            path: 'workloads[0].bounds.min',
            line: 3,
            column: 101,
            value: '-1',
            message: 'must be at least 0',
            fix: 'write a whole number of replicas, such as 4',
          },
        ],
      }),
    );
  });

  it('cut long values and hide control characters', () => {
    const long = refusal(file({ events: event({ timezone: `"${'x'.repeat(63)}"` }) }));
    expect(long).toContain(`(got ${'x'.repeat(60)}…)`);
    expect(refusal(file({ events: event({ timezone: '"\\e[31m\\u202e"' }) }))).toContain('(got ·[31m·)');
  });

  it('are all reported where both the fields and what they say together are wrong', () => {
    const events = event({ duration: undefined, end: '2026-11-26', floor: '-1', max: '0', spot: 'never' });
    const lines = refusal(file({ events }))
      .split('\n')
      .filter((line) => line.startsWith('f.yaml'));
    expect(lines.map((line) => line.split(' ')[1])).toEqual([
      'calendar.events[0].floor:',
      'calendar.events[0].end:',
      'calendar.events[0].max:',
      'calendar.events[0].spot:',
    ]);
  });
});
