import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { GPU, limit, NOW, poolObject, weight } from './fixtures.ts';

const END = NOW + 60 * MINUTE_MS;

describe('decidePool', () => {
  it('leaves a pool alone that nobody wants anything of', () => {
    const od = poolObject({ weight: 10, limits: { [GPU]: '8' } });
    expect(od.tick([])).toEqual({
      decision: expect.objectContaining({ kind: 'hold', from: {}, to: {}, reason: 'no-intent' }),
    });
  });

  it('sets weight and limit in one patch that says why, and changes nothing else', () => {
    const od = poolObject({ limits: { [GPU]: '0', cpu: '1k' } });
    const { decision, patch } = od.tick([weight(81), limit(16)]);
    expect(decision).toMatchObject({
      kind: 'set',
      from: { weight: null, [`limits.${GPU}`]: '0' },
      to: { weight: '81', [`limits.${GPU}`]: '16' },
      reason: 'escalation',
    });
    expect(patch).toEqual({
      pool: { cluster: 'prod', name: 'od' },
      resourceVersion: '100',
      weight: 81,
      limits: { [GPU]: '16' },
      annotations: {
        'foretide/baseline': `{"weight":null,"limits.${GPU}":"0"}`,
        'foretide/applied': `{"held":{"weight":"81","limits.${GPU}":"16"}}`,
        'foretide/event': 'black-friday',
        'foretide/until': '2027-01-15T09:00:00Z',
      },
    });
    expect(od.tick([weight(81), limit(16)])).toMatchObject({ decision: { kind: 'hold', reason: 'escalation' } });
  });

  it('gives everything back as it was when the window ends: an absent weight is absent again', () => {
    const od = poolObject({ limits: { [GPU]: '0', cpu: '1k' }, annotations: { team: 'ml' } });
    const before = od.live;
    od.tick([weight(81), limit(16)]);
    const { decision, patch } = od.tick([weight(81), limit(16)], END);
    expect(decision).toMatchObject({ kind: 'set', to: { weight: null, [`limits.${GPU}`]: '0' }, reason: 'restore-baseline' });
    expect(patch).toMatchObject({ weight: null, limits: { [GPU]: '0' } });
    expect(od.live).toEqual({ ...before, resourceVersion: '102' });
    expect(od.state).toBeUndefined();
    expect(od.tick([], END)).toMatchObject({ decision: { kind: 'hold', reason: 'no-intent' } });
  });

  it('gives back field by field: the weight may go before the limit', () => {
    const od = poolObject({ weight: 10, limits: { [GPU]: '0' } });
    od.tick([weight(81), limit(16)]);
    expect(od.tick([limit(16)]).patch).toMatchObject({ weight: 10 });
    expect(od.live).toMatchObject({ weight: 10, limits: { [GPU]: '16' } });
    expect(od.live.annotations['foretide/baseline']).toBe(`{"limits.${GPU}":"0"}`);
  });

  it('removes the whole field of limits where the user had none', () => {
    const od = poolObject();
    expect(od.tick([limit(8, 'spend')]).patch).toMatchObject({ limits: { [GPU]: '8' } });
    expect(od.tick([]).patch).toMatchObject({ limits: null });
    expect(od.live).toMatchObject({ limits: {}, annotations: {} });
  });

  it('gives a static pool no weight, which Karpenter refuses', () => {
    const od = poolObject({ replicas: 3, limits: { [GPU]: '8' } });
    expect(od.tick([weight(81), limit(16)]).patch).toMatchObject({ limits: { [GPU]: '16' } });
    expect(od.live.weight).toBeUndefined();
  });

  describe('an edit by others', () => {
    it.each([
      ['another limit', { limits: { [GPU]: '4' } }, '4'],
      ['the baseline put back, as GitOps does', { limits: { [GPU]: '0' } }, '0'],
      ['no limit at all', { limits: {} }, undefined],
    ])('of what is held wins until the window ends: %s', (_, edit, kept) => {
      const od = poolObject({ weight: 10, limits: { [GPU]: '0' } });
      od.tick([weight(81), limit(16)]);
      od.edit(edit);
      const { decision } = od.tick([weight(81), limit(16)]);
      expect(decision).toMatchObject({ kind: 'hold', yielded: { [`limits.${GPU}`]: END } });
      expect(od.live).toMatchObject({ weight: 81, limits: edit.limits });
      od.tick([weight(81), limit(16)], NOW + 30 * MINUTE_MS);
      expect(od.live).toMatchObject({ weight: 81, limits: edit.limits });
      od.tick([weight(81), limit(16)], END);
      expect(od.live.limits[GPU]).toBe(kept);
      expect(od.live).toMatchObject({ weight: 10, annotations: {} });
    });

    it('is remembered on the pool alone, until the window ends, and no longer', () => {
      const od = poolObject({ limits: { [GPU]: '0' } });
      od.tick([limit(16)]);
      od.edit({ limits: { [GPU]: '4' } });
      expect(od.tick([limit(16)]).decision).toMatchObject({ kind: 'hold', reason: 'yielded' });
      expect(od.live.annotations).toEqual({ 'foretide/applied': `{"held":{},"yielded":{"limits.${GPU}":${END}}}` });
      od.state = undefined;
      expect(od.tick([limit(16)]).decision).toMatchObject({ kind: 'hold', reason: 'yielded' });
      const next = limit(16, 'escalation', { untilMs: END + 60 * MINUTE_MS });
      expect(od.tick([next], END).decision).toMatchObject({ kind: 'set', from: { [`limits.${GPU}`]: '4' } });
      od.tick([], END + 60 * MINUTE_MS);
      expect(od.live.limits).toEqual({ [GPU]: '4' });
    });

    it('after the window is the user’s, and nothing is left of ours', () => {
      const od = poolObject({ weight: 10 });
      od.tick([weight(81)]);
      od.edit({ weight: 50 });
      od.tick([weight(81)], END);
      expect(od.live).toMatchObject({ weight: 50, annotations: {} });
    });

    it('of what is not held is the user’s, and no news', () => {
      const od = poolObject({ weight: 10, limits: { [GPU]: '0', cpu: '100' } });
      od.tick([limit(16)]);
      od.edit({ weight: 30, limits: { [GPU]: '16', cpu: '200' } });
      expect(od.tick([limit(16)])).toMatchObject({ decision: { kind: 'hold', reason: 'escalation', yielded: {} } });
      od.tick([], END);
      expect(od.live).toMatchObject({ weight: 30, limits: { [GPU]: '0', cpu: '200' } });
    });

    it('does not get around a cap of spend', () => {
      const od = poolObject({ limits: { [GPU]: '16' } });
      od.tick([limit(8, 'spend')]);
      od.edit({ limits: { [GPU]: '32' } });
      expect(od.tick([limit(8, 'spend')]).decision).toMatchObject({ kind: 'set', to: { [`limits.${GPU}`]: '8' } });
      od.tick([]);
      expect(od.live.limits).toEqual({ [GPU]: '32' });
    });
  });

  describe('what got lost', () => {
    const raised = () => {
      const od = poolObject({ weight: 10, limits: { [GPU]: '0' } });
      od.tick([weight(81), limit(16)]);
      return od;
    };

    it('annotations: the store knows, and they are written again', () => {
      const od = raised();
      const { annotations } = od.live;
      od.edit({ annotations: {} });
      expect(od.tick([weight(81), limit(16)])).toMatchObject({ decision: { kind: 'hold' } });
      expect(od.live.annotations).toEqual(annotations);
    });

    it('the store: the annotations know', () => {
      const od = raised();
      od.state = undefined;
      od.tick([], END);
      expect(od.live).toMatchObject({ weight: 10, limits: { [GPU]: '0' }, annotations: {} });
    });

    it('what was applied: whatever stands where a baseline is known was ours', () => {
      const od = raised();
      od.state = undefined;
      od.edit({ annotations: { 'foretide/baseline': od.live.annotations['foretide/baseline'] ?? '' } });
      od.tick([], END);
      expect(od.live).toMatchObject({ weight: 10, limits: { [GPU]: '0' }, annotations: {} });
    });

    it.each([
      ['the baseline', { 'foretide/applied': `{"held":{"weight":"81"}}`, 'foretide/baseline': '{' }],
      ['everything but a sign of ours', { 'foretide/event': 'black-friday' }],
      ['the user’s value of one field', { 'foretide/applied': `{"held":{"weight":"81"}}`, 'foretide/baseline': '{}' }],
    ])('%s: the pool is left alone, since our own value must not become the user’s', (_, annotations) => {
      const od = poolObject({ weight: 81, annotations });
      expect(od.tick([weight(90)])).toEqual({ decision: expect.objectContaining({ kind: 'refuse', reason: 'baseline-lost' }) });
    });

    it('the write to the store after everything was given back: nothing is taken for an edit', () => {
      const od = raised();
      const { state } = od;
      od.tick([], END);
      od.state = state;
      const next = weight(90, 'escalation', { untilMs: END + MINUTE_MS });
      expect(od.tick([next], END).decision).toMatchObject({ kind: 'set', yielded: {} });
    });

    it('the object itself, made anew: its settings are the user’s', () => {
      const od = raised();
      od.edit({ uid: 'uid-2', weight: 20, limits: { [GPU]: '2' }, annotations: {} });
      od.tick([limit(16)]);
      od.tick([], END);
      expect(od.live).toMatchObject({ weight: 20, limits: { [GPU]: '2' } });
    });
  });
});
