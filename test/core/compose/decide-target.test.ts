import { describe, expect, it } from 'vitest';
import { CHAT, ceiling, floor, MINUTE, NOW, object, observed } from './fixtures.ts';

const event = floor(30);

function raise(): never {
  throw new Error('nothing is remembered');
}

describe('a window from beginning to end', () => {
  it('raises the floor, explains it on the object, and gives back exactly what was there', () => {
    const it = object();
    expect(it.tick([event]).decision).toMatchObject({
      kind: 'set',
      from: { min: 2, max: 60 },
      to: { min: 30, max: 60 },
      reason: 'event-window',
    });
    expect(it.live.annotations).toEqual({
      'foretide/baseline': '{"min":2,"max":60}',
      'foretide/applied': `{"min":30,"max":60,"sinceMs":${NOW}}`,
      'foretide/event': 'black-friday',
      'foretide/floor': '30',
      'foretide/until': '2027-01-15T09:00:00Z',
    });
    expect(it.tick([event], NOW + MINUTE)).toMatchObject({ decision: { kind: 'hold', at: { min: 30, max: 60 } } });
    expect(it.tick([event], NOW + MINUTE).patch).toBeUndefined();

    expect(it.tick([event], NOW + 60 * MINUTE).decision).toMatchObject({
      kind: 'set',
      to: { min: 2, max: 60 },
      reason: 'restore-baseline',
    });
    expect(it.live.annotations).toEqual({});
    expect(it.state).toBeUndefined();
    expect(it.tick([], NOW + 61 * MINUTE)).toMatchObject({ decision: { kind: 'hold', reason: 'no-intent' } });
  });

  it('gives back fields that the manifest left out by removing them', () => {
    const it = object({ bounds: { min: 0, max: 100 }, absent: ['min', 'max'] });
    const raised = it.tick([event]);
    expect(raised.patch).toMatchObject({ min: 30, max: null });
    it.tick([], NOW + MINUTE);
    const restored = it.tick([], NOW + 6 * MINUTE);
    expect(restored.patch).toMatchObject({ min: null, max: null });
    expect(it.live).toMatchObject({ absent: ['min', 'max'], annotations: {} });
  });

  it('activates a target that rests at zero or idles, and takes the annotation away again', () => {
    for (const resting of [{ bounds: { min: 0, max: 60 } }, { idleReplicas: 0 }]) {
      const it = object(resting);
      it.tick([event]);
      expect(it.live.annotations).toMatchObject({ 'autoscaling.keda.sh/force-activation': 'true' });
      it.tick([], NOW + MINUTE);
      it.tick([], NOW + 6 * MINUTE);
      expect(it.live.annotations).toEqual({});
    }
  });

  it('goes to zero by way of one replica, kept for the cool-down, whoever asks and however late', () => {
    for (const floorOf of [floor(30), floor(1)]) {
      const it = object({ bounds: { min: 0, max: 60 }, cooldownSeconds: 120 });
      it.tick([floorOf]);
      expect(it.tick([], NOW + 90 * MINUTE).decision).toMatchObject({ reason: 'cool-down' });
      expect(it.live.bounds.min).toBe(1);
      expect(it.tick([], NOW + 91 * MINUTE).patch).toBeUndefined();
      expect(it.tick([], NOW + 92 * MINUTE).decision).toMatchObject({ kind: 'set', to: { min: 0, max: 60 }, reason: 'restore-baseline' });
      expect(it.state).toBeUndefined();
    }
  });

  it('lets an event that comes in the cool-down raise it again', () => {
    const it = object({ bounds: { min: 0, max: 60 } });
    it.tick([event]);
    it.tick([], NOW + 60 * MINUTE);
    it.tick([floor(9, 'prescale', { untilMs: NOW + 120 * MINUTE })], NOW + 61 * MINUTE);
    expect(it.live.bounds.min).toBe(9);
  });

  it('activates a target whose triggers fail, for at zero KEDA would not follow min, and stays with it until the release', () => {
    const it = object({ health: { ready: 'False', reason: 'TriggerError', message: '' } });
    it.tick([event]);
    expect(it.live.annotations).toMatchObject({ 'autoscaling.keda.sh/force-activation': 'true' });
    // So says KEDA then.
    it.live = { ...it.live, health: { ready: 'Unknown', reason: 'PartialTriggerError', message: '' } };
    expect(it.tick([event], NOW + MINUTE).patch).toBeUndefined();
    it.tick([], NOW + 2 * MINUTE);
    expect(it.live.annotations).toEqual({});
  });

  it('does not activate beside paused-scale-out, which stops activation and nothing else', () => {
    const paused = { 'autoscaling.keda.sh/paused-scale-out': 'true' };
    const it = object({ bounds: { min: 0, max: 60 }, annotations: paused });
    it.tick([event]);
    expect(it.live).toMatchObject({ bounds: { min: 30, max: 60 }, annotations: paused });
    expect(it.live.annotations).not.toHaveProperty('autoscaling.keda.sh/force-activation');
  });

  it("leaves a force-activation that was there before, for it is the user's", () => {
    const it = object({ bounds: { min: 0, max: 60 }, annotations: { 'autoscaling.keda.sh/force-activation': 'true' } });
    it.tick([event]);
    it.tick([], NOW + MINUTE);
    it.tick([], NOW + 6 * MINUTE);
    expect(it.live.annotations).toEqual({ 'autoscaling.keda.sh/force-activation': 'true' });
  });

  it('touches nothing while nothing is wanted, whatever the configuration says', () => {
    const it = object({ bounds: { min: 5, max: 60 } }, { min: 2, max: 60 });
    expect(it.tick([])).toEqual({ decision: expect.objectContaining({ kind: 'hold', reason: 'no-intent' }) });
  });

  it('restores configured bounds after a window', () => {
    const it = object({ bounds: { min: 5, max: 50 } }, { min: 2, max: 60 });
    it.tick([event]);
    expect(it.live.bounds).toEqual({ min: 30, max: 60 });
    it.tick([], NOW + MINUTE);
    expect(it.live.bounds).toEqual({ min: 2, max: 60 });
  });

  it('enforces a configured baseline during an event that wants no more', () => {
    const it = object({ bounds: { min: 1, max: 60 } }, { min: 5, max: 60 });
    it.tick([floor(5)]);
    expect(it.live.bounds).toEqual({ min: 5, max: 60 });
  });
});

describe('what others do to the object inside a window', () => {
  it('adopts a higher min until the window ends', () => {
    const it = object();
    it.tick([event]);
    it.edit({ min: 40 });
    expect(it.tick([event], NOW + MINUTE).decision).toMatchObject({ kind: 'hold', at: { min: 40, max: 60 }, reason: 'edit-adopted' });
    const later = floor(35, 'prescale', { id: 'second', untilMs: NOW + 120 * MINUTE });
    it.tick([event, later], NOW + 2 * MINUTE);
    expect(it.live.bounds.min).toBe(40);
    it.tick([event, later], NOW + 60 * MINUTE);
    expect(it.live.bounds.min).toBe(35);
    it.tick([], NOW + 120 * MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 2, max: 60 }, annotations: {} });
  });

  it('keeps an adopted min although the stored state is lost', () => {
    const it = object();
    it.tick([event]);
    it.edit({ min: 40 });
    it.tick([event], NOW + MINUTE);
    it.state = undefined;
    it.tick([event], NOW + 2 * MINUTE);
    expect(it.live.bounds.min).toBe(40);
  });

  it('lets the person who raised min lower it again as far as the event allows', () => {
    const it = object();
    it.tick([event]);
    it.edit({ min: 40 });
    it.tick([event], NOW + MINUTE);
    it.edit({ min: 33 });
    expect(it.tick([event], NOW + 2 * MINUTE).decision).toMatchObject({ kind: 'hold', at: { min: 33, max: 60 }, reason: 'edit-adopted' });
    it.edit({ min: 30 });
    expect(it.tick([event], NOW + 3 * MINUTE).decision).toMatchObject({ kind: 'hold', reason: 'event-window' });
  });

  it('puts a lowered min back three times in 15 minutes, then yields until the window ends', () => {
    const it = object();
    it.tick([event]);
    for (const minute of [1, 2, 3]) {
      it.edit({ min: 4 });
      expect(it.tick([event], NOW + minute * MINUTE).decision).toMatchObject({
        kind: 'set',
        to: { min: 30, max: 60 },
        reason: 'edit-reverted',
      });
    }
    it.edit({ min: 4 });
    const yielded = it.tick([event], NOW + 4 * MINUTE);
    expect(yielded.decision).toMatchObject({ kind: 'hold', at: { min: 4, max: 60 }, reason: 'yielded' });
    expect(it.live).toMatchObject({ bounds: { min: 4, max: 60 } });
    expect(it.live.annotations).toEqual({ 'foretide/baseline': '{"min":2,"max":60}' });
    it.edit({ min: 1, max: 50 });
    const later = it.tick([event], NOW + 30 * MINUTE);
    expect([later.decision, later.patch]).toMatchObject([{ kind: 'hold', at: { min: 1, max: 50 }, reason: 'yielded' }, undefined]);
    it.tick([], NOW + 60 * MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 2, max: 60 }, annotations: {} });
    expect(it.state).toBeUndefined();
  });

  function yieldedAt(min: number) {
    const it = object();
    it.tick([event]);
    for (const minute of [1, 2, 3, 4]) {
      it.edit({ min });
      it.tick([event], NOW + minute * MINUTE);
    }
    return it;
  }

  it('puts back what was yielded to when a spend ceiling that cut it is lifted', () => {
    const it = yieldedAt(20);
    const cap = ceiling(5, 'spend', { untilMs: NOW + 600 * MINUTE });
    for (const minute of [5, 6, 7]) {
      it.tick([event, cap], NOW + minute * MINUTE);
      expect(it.live.bounds).toEqual({ min: 5, max: 5 });
    }
    it.tick([event], NOW + 8 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 20, max: 60 });
    it.tick([], NOW + 60 * MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 2, max: 60 }, annotations: {} });
  });

  it('respects a yield although the stored state is lost', () => {
    const it = yieldedAt(4);
    it.state = undefined;
    expect(it.tick([event], NOW + 5 * MINUTE).decision).toMatchObject({ kind: 'hold', reason: 'yielded' });
    it.tick([], NOW + 60 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 2, max: 60 });
  });

  it('goes to zero by way of one replica after a yield, too', () => {
    const it = object({ bounds: { min: 0, max: 60 } });
    it.tick([event]);
    for (const minute of [1, 2, 3, 4]) {
      it.edit({ min: 20 - minute });
      it.tick([event], NOW + minute * MINUTE);
    }
    it.tick([], NOW + 60 * MINUTE);
    expect(it.live.bounds.min).toBe(1);
    it.tick([], NOW + 66 * MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 0, max: 60 }, annotations: {} });
  });

  it("judges an edit by the window that is on, not by another event's release", () => {
    const released = floor(20, 'prescale', { id: 'past', windowEndMs: NOW - MINUTE, reason: 'event-release-demand' });
    const running = floor(10, 'prescale', { id: 'now' });
    const raised = object();
    raised.tick([released, running]);
    raised.edit({ min: 25 });
    raised.tick([running], NOW + MINUTE);
    expect(raised.live.bounds.min).toBe(25);
    raised.tick([], NOW + 60 * MINUTE);
    expect(raised.live.bounds.min).toBe(2);
    const lowered = object();
    lowered.tick([released, running]);
    lowered.edit({ min: 2 });
    expect(lowered.tick([released, running], NOW + MINUTE).decision).toMatchObject({ kind: 'set', reason: 'edit-reverted' });
  });

  it('remembers an adopted min while a taller event hides it', () => {
    const it = object();
    it.tick([event]);
    it.edit({ min: 40 });
    it.tick([event], NOW + MINUTE);
    const taller = floor(50, 'prescale', { id: 'taller', untilMs: NOW + 20 * MINUTE });
    it.tick([event, taller], NOW + 2 * MINUTE);
    expect(it.live.bounds.min).toBe(50);
    it.tick([event], NOW + 20 * MINUTE);
    expect(it.live.bounds.min).toBe(40);
  });

  it('knows the baseline when a yield is resumed', () => {
    const it = object({ bounds: { min: 8, max: 60 } });
    it.tick([event]);
    for (const minute of [1, 2, 3, 4]) {
      it.edit({ min: 0 });
      it.tick([event], NOW + minute * MINUTE);
    }
    const { yieldedUntilMs: _, ...resumed } = it.state ?? raise();
    it.state = resumed;
    it.tick([event], NOW + 5 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 30, max: 60 });
    it.tick([], NOW + 60 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 8, max: 60 });
  });

  it('counts reversions within 15 minutes only', () => {
    const it = object();
    const long = floor(30, 'prescale', { untilMs: NOW + 600 * MINUTE });
    it.tick([long]);
    for (const minute of [0, 6, 12, 18, 24, 30]) {
      it.edit({ min: 4 });
      expect(it.tick([long], NOW + minute * MINUTE).decision.reason).toBe('edit-reverted');
    }
  });

  it('yields for the window that is fought over, not for as long as a spend ceiling lasts', () => {
    const it = object();
    const cap = ceiling(50, 'spend', { untilMs: NOW + 30_000 * MINUTE });
    it.tick([event, cap]);
    for (const minute of [1, 2, 3, 4]) {
      it.edit({ min: 4 });
      it.tick([event, cap], NOW + minute * MINUTE);
    }
    expect(it.state?.yieldedUntilMs).toBe(NOW + 60 * MINUTE);
    it.tick([floor(20, 'prescale', { id: 'next', untilMs: NOW + 200 * MINUTE }), cap], NOW + 61 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 20, max: 50 });
  });

  it("takes min edits for the user's while only a ceiling is held", () => {
    const it = object();
    const cap = ceiling(20, 'spend', { untilMs: NOW + 600 * MINUTE });
    it.tick([cap]);
    for (const min of [1, 5, 3]) {
      it.edit({ min });
      it.tick([cap], NOW + min * MINUTE);
      expect(it.live.bounds).toEqual({ min, max: 20 });
    }
    it.tick([], NOW + 60 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 3, max: 60 });
  });

  it("takes an edit in the release for the user's new min", () => {
    const releasing = floor(16, 'prescale', { untilMs: NOW + 60 * MINUTE, windowEndMs: NOW - MINUTE, reason: 'event-release' });
    for (const min of [9, 20]) {
      const it = object();
      it.tick([releasing]);
      it.edit({ min });
      it.tick([releasing], NOW + MINUTE);
      expect(it.live).toMatchObject({ bounds: { min, max: 60 }, annotations: {} });
    }
  });

  it('keeps writing nothing when GitOps spells out a default that was left out', () => {
    const it = object({ bounds: { min: 2, max: 100 }, absent: ['max'] });
    it.tick([event]);
    it.live = { ...it.live, absent: [] };
    for (const minute of [1, 2, 3]) expect(it.tick([event], NOW + minute * MINUTE).patch).toBeUndefined();
  });

  it('never writes a min above a max, whatever a person did beside configured bounds', () => {
    const it = object({}, { min: 2, max: 60 });
    it.tick([event]);
    it.edit({ min: 1, max: 1 });
    it.tick([event], NOW + MINUTE);
    expect(it.live.bounds).toEqual({ min: 1, max: 1 });
  });

  it('never yields a spend ceiling', () => {
    const it = object();
    const cap = ceiling(10, 'spend', { untilMs: NOW + 600 * MINUTE });
    it.tick([cap]);
    for (const minute of [1, 2, 3, 4, 5]) {
      it.edit({ max: 60 });
      it.tick([cap], NOW + minute * MINUTE);
      expect(it.live.bounds).toEqual({ min: 2, max: 10 });
    }
  });

  it('still applies a spend ceiling after yielding the floor', () => {
    const it = object();
    it.tick([event]);
    for (const minute of [1, 2, 3, 4]) {
      it.edit({ min: 4 });
      it.tick([event], NOW + minute * MINUTE);
    }
    it.tick([event, ceiling(3, 'spend')], NOW + 5 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 3, max: 3 });
  });

  it("takes over an edit of max, which is the user's while no ceiling holds it", () => {
    const it = object();
    it.tick([event]);
    it.edit({ max: 80 });
    it.tick([event], NOW + MINUTE);
    expect(it.live.bounds).toEqual({ min: 30, max: 80 });
    it.edit({ min: 20, max: 20 });
    it.tick([event], NOW + 2 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 20, max: 20 });
    it.tick([], NOW + 3 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 2, max: 20 });
  });

  it('takes over an edit of max until the window ends where the configuration names the baseline', () => {
    const it = object({}, { min: 2, max: 60 });
    it.tick([event]);
    it.edit({ max: 50 });
    for (const minute of [1, 2, 3]) {
      it.tick([event], NOW + minute * MINUTE);
      expect(it.live.bounds).toEqual({ min: 30, max: 50 });
    }
    it.tick([], NOW + 4 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 2, max: 60 });
  });

  it('keeps a min that was edited after the window, when Foretide was away at its end', () => {
    const it = object();
    it.tick([event]);
    it.edit({ min: 7 });
    it.tick([], NOW + 90 * MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 7, max: 60 }, annotations: {} });
  });

  it.each([
    ['ScaledObject', { 'autoscaling.keda.sh/paused': 'true' }],
    ['ScaledObject', { 'autoscaling.keda.sh/paused': 'yes' }],
    ['ScaledObject', { 'autoscaling.keda.sh/paused': '' }],
    ['ScaledObject', { 'autoscaling.keda.sh/paused-replicas': '0' }],
    ['ScaledJob', { 'autoscaling.keda.sh/paused': 'true' }],
  ] as const)('leaves a %s alone that others paused by %j, and goes on when they stop', (kind, annotations) => {
    const it = object({ ref: { ...CHAT, kind }, rollout: 'gradual', annotations });
    expect(it.tick([event])).toMatchObject({ decision: { kind: 'hold', reason: 'paused-by-others' } });
    expect(it.live.bounds.min).toBe(2);
    it.live = { ...it.live, annotations: {} };
    it.tick([event], NOW + MINUTE);
    expect(it.live.bounds.min).toBe(30);
  });

  it.each([
    ['ScaledObject', { 'autoscaling.keda.sh/paused': 'false' }],
    ['ScaledObject', { 'autoscaling.keda.sh/paused': '0' }],
    ['ScaledObject', { 'autoscaling.keda.sh/paused-scale-in': 'true' }],
    ['ScaledObject', { 'autoscaling.keda.sh/paused-scale-out': 'true' }],
    // KEDA does not look at these.
    ['ScaledJob', { 'autoscaling.keda.sh/paused-replicas': '0' }],
    ['HorizontalPodAutoscaler', { 'autoscaling.keda.sh/paused': 'true' }],
  ] as const)('moves a %s annotated with %j', (kind, annotations) => {
    const it = object({ ref: { ...CHAT, kind }, rollout: 'gradual', annotations });
    expect(it.tick([event]).decision.kind).toBe('set');
  });

  it('never patches an HPA that KEDA owns', () => {
    const it = object({ ownedByScaledObject: 'llama-8b' });
    expect(it.tick([event])).toEqual({ decision: expect.objectContaining({ kind: 'refuse', reason: 'hpa-owned-by-keda' }) });
  });
});

describe('a ScaledJob', () => {
  const nightly = { ref: { ...CHAT, kind: 'ScaledJob' as const, name: 'nightly' }, bounds: { min: 0, max: 20 } };

  it('is raised and given back where it rolls out gradually, without KEDA being told to activate it', () => {
    const it = object({ ...nightly, rollout: 'gradual' });
    it.tick([event]);
    expect(it.live.bounds).toEqual({ min: 20, max: 20 });
    expect(it.live.annotations).not.toHaveProperty('autoscaling.keda.sh/force-activation');
    // No cool-down: a lower min ends no Job.
    it.tick([], NOW + MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 0, max: 20 }, annotations: {} });
  });

  it('is refused where a change would end its Jobs, and says what was wanted', () => {
    const it = object({ ...nightly, rollout: 'immediate' });
    expect(it.tick([event])).toEqual({
      decision: {
        kind: 'refuse',
        target: nightly.ref,
        reason: 'rollout-not-gradual',
        evidence: { summary: 'rollout-not-gradual', facts: { wantedMin: 20, wantedMax: 20 } },
      },
    });
  });

  it('is left alone without a word while nothing would change', () => {
    expect(object({ ...nightly, rollout: 'immediate' }).tick([]).decision).toMatchObject({ kind: 'hold', reason: 'no-intent' });
    const enough = object({ ...nightly, bounds: { min: 30, max: 40 }, rollout: 'immediate' });
    expect(enough.tick([event]).decision).toMatchObject({ kind: 'hold', reason: 'as-wanted' });
  });

  it('that was made immediate while it was held is not given back at the price of its Jobs, but as soon as it can be', () => {
    const it = object({ ...nightly, rollout: 'gradual' });
    it.tick([event]);
    it.live = { ...it.live, rollout: 'immediate' };
    expect(it.tick([], NOW + MINUTE).decision).toMatchObject({ kind: 'refuse', reason: 'rollout-not-gradual' });
    expect(it.live.bounds.min).toBe(20);
    it.live = { ...it.live, rollout: 'gradual' };
    it.tick([], NOW + 2 * MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 0, max: 20 }, annotations: {} });
  });
});

describe('what gets lost', () => {
  it('takes the baseline from the annotation when the store is lost in mid-window', () => {
    const it = object();
    it.tick([event]);
    it.state = undefined;
    expect(it.tick([event], NOW + MINUTE).patch).toBeUndefined();
    it.tick([], NOW + 2 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 2, max: 60 });
  });

  it('takes the baseline from the store when a GitOps replace strips the annotations', () => {
    const it = object();
    it.tick([event]);
    it.live = { ...it.live, annotations: {}, bounds: { min: 2, max: 60 } };
    expect(it.tick([event], NOW + MINUTE).decision).toMatchObject({ kind: 'set', to: { min: 30, max: 60 }, reason: 'edit-reverted' });
    it.tick([], NOW + 2 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 2, max: 60 });
  });

  it('treats a re-created object as the user wrote it', () => {
    const it = object();
    it.tick([event]);
    it.live = observed({ uid: 'uid-2', resourceVersion: '900', bounds: { min: 3, max: 50 } });
    expect(it.tick([event], NOW + MINUTE).decision).toMatchObject({
      kind: 'set',
      from: { min: 3, max: 50 },
      to: { min: 30, max: 50 },
      reason: 'event-window',
    });
    it.tick([], NOW + 2 * MINUTE);
    expect(it.live.bounds).toEqual({ min: 3, max: 50 });
  });

  it('refuses rather than take its own floor for the baseline', () => {
    const it = object();
    it.tick([event]);
    it.state = undefined;
    it.live = { ...it.live, annotations: { ...it.live.annotations, 'foretide/baseline': 'oops' } };
    expect(it.tick([], NOW + MINUTE)).toEqual({ decision: expect.objectContaining({ kind: 'refuse', reason: 'bounds-not-restorable' }) });
  });

  it.each([
    '{"min":10,"max":40,"sinceMs":0,"edit":{"floor":20,"untilMs":1e300}}',
    '{"min":10,"max":40,"sinceMs":0.5}',
    '{"min":50,"max":3,"sinceMs":0}',
    '{"min":0,"max":0,"sinceMs":0}',
    '[]',
    'null',
    '{"min":"10"}',
  ])('takes a mangled annotation for none: %s', (applied) => {
    const it = object({
      annotations: { 'foretide/applied': applied, 'foretide/baseline': '{"min":2,"max":60}' },
      bounds: { min: 10, max: 40 },
    });
    it.tick([event]);
    expect(it.live.bounds).toEqual({ min: 30, max: 60 });
    it.tick([], NOW + MINUTE);
    expect(it.live.bounds).toEqual({ min: 2, max: 60 });
  });

  it('heals a process killed between write and save, at the beginning and at the end', () => {
    const it = object();
    it.tick([event]);
    it.state = undefined;
    it.tick([event], NOW + MINUTE);
    const saved = it.state;
    it.tick([], NOW + 2 * MINUTE);
    it.state = saved;
    it.tick([], NOW + 3 * MINUTE);
    expect(it.live).toMatchObject({ bounds: { min: 2, max: 60 }, annotations: {} });
    expect(it.state).toBeUndefined();
  });
});
